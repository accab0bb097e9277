"""2SFCA and E2SFCA against PySAL's access on the same pairs: 20,000 origins x 5,000 practices, 10 million pairs.

Run: python tests/benchmarks/catchment.py [origins practices reached]; needs `pip install access`. It prints processor
seconds of both and their ratio, and fails where their values differ or ours takes over a twentieth.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.catchment import enhanced_two_step, two_step
from geoaccess.access.pairs import link


def case(origins: int, practices: int, reached: int, *, text: bool) -> tuple[pd.DataFrame, ...]:
    """Demand, supply and travel times, of which each origin reaches as many practices, drawn at random."""
    draw = np.random.default_rng(1)
    practice = np.concatenate(
        [np.sort(draw.choice(practices, reached, replace=False)) for _ in range(origins)]
    )
    origin_ids: Any = np.arange(origins)
    practice_ids: Any = np.arange(practices)
    if text:
        origin_ids = pd.array([f"s{k:05d}" for k in range(origins)], dtype="str")
        practice_ids = pd.array([f"p{k:05d}" for k in range(practices)], dtype="str")
    demand = pd.DataFrame({"origin_id": origin_ids, "persons": draw.integers(1, 500, origins)})
    supply = pd.DataFrame({"practice_id": practice_ids, "supply": 3 * draw.random(practices)})
    times = pd.DataFrame(
        {
            "origin_id": origin_ids.repeat(reached),
            "practice_id": practice_ids.take(practice),
            "minutes": draw.integers(0, 3600, len(practice)) / 60,
        }
    )
    return demand, supply, times


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Result and processor seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def compare(origins: int, practices: int, reached: int, *, text: bool) -> float:
    """Print seconds and ratios for ids of text or numbers; return the ratio of both measures with all preparation."""
    from access import Access, weights

    demand, supply, times = case(origins, practices, reached, text=text)
    steps = weights.step_fn({10: 1, 20: 0.68, 30: 0.22})
    names = {"cost_origin": "origin_id", "cost_dest": "practice_id", "cost_name": "minutes"}
    names |= {"demand_index": "origin_id", "demand_value": "persons"}
    names |= {"supply_index": "practice_id", "supply_value": "supply"}
    tables = {"demand_df": demand.copy(), "supply_df": supply.copy(), "cost_df": times.copy()}
    theirs, prepared = timed(lambda: Access(**tables, **names))
    _, first = timed(lambda: theirs.two_stage_fca(max_cost=30))
    _, second = timed(lambda: theirs.enhanced_two_stage_fca(weight_fn=steps))
    pairs, linked = timed(lambda: link(demand, supply, times))
    two, our_first = timed(lambda: two_step(pairs))
    enhanced, our_second = timed(lambda: enhanced_two_step(pairs))
    for mine, name in ((two, "2sfca_supply"), (enhanced, "e2sfca_supply")):
        other = theirs.access_df[name].reindex(mine.origins["origin_id"]).fillna(0).to_numpy()
        np.testing.assert_allclose(mine.origins["value"], other, rtol=1e-9)
    total, ours = prepared + first + second, linked + our_first + our_second
    print(f"{len(times):,} pairs, ids of {'text' if text else 'numbers'}")
    print(f"  access     prepare {prepared:6.3f}  2SFCA {first:6.3f}  E2SFCA {second:6.3f} s")
    print(f"  geoaccess  prepare {linked:6.3f}  2SFCA {our_first:6.3f}  E2SFCA {our_second:6.3f} s")
    print(
        f"  theirs / ours: 2SFCA {first / our_first:.0f}, E2SFCA {second / our_second:.0f}, "
        f"all together {total / ours:.0f}"
    )
    return total / ours


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sizes = [int(size) for size in sys.argv[1:4]] or [20_000, 5_000, 500]
    ratios = [compare(*sizes, text=text) for text in (True, False)]
    sys.exit(min(ratios) < 20)
