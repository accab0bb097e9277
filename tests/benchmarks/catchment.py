"""2SFCA and E2SFCA against PySAL's access on the same pairs: 20,000 origins x 5,000 practices, 10 million pairs.

Run: PYTHONPATH=. python tests/benchmarks/catchment.py [origins practices reached [kind of ids ...]]; needs `pip install
access`. For ids of each kind it prints processor seconds of both, the best of three (access: of two) runs of each step,
and how many times as long access takes: for each measure on pairs that are laid in rows already, for each with laying
them, and for both with laying them once. It fails where values differ or both together take over a twentieth.
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


def as_text(numbers: np.ndarray[Any, Any], letter: str) -> pd.Series:
    """Ids such as s00001."""
    names = pd.array([f"{letter}{k:05d}" for k in range(int(numbers.max()) + 1)], dtype="str")
    return pd.Series(names.take(numbers))


#: ids of several kinds from numbers and a letter
KINDS: dict[str, Callable[[np.ndarray[Any, Any], str], pd.Series]] = {
    "numbers": lambda numbers, _: pd.Series(numbers),
    "numbers with gaps": lambda numbers, _: pd.Series(numbers * 7 + 100_001),
    "text": as_text,
    "categories": lambda numbers, letter: as_text(numbers, letter).astype("category"),
    "objects": lambda numbers, letter: as_text(numbers, letter).astype(object),
}


def case(origins: int, practices: int, reached: int, kind: str) -> tuple[pd.DataFrame, ...]:
    """Demand, supply and travel times, of which each origin reaches as many practices, drawn at random."""
    draw = np.random.default_rng(1)
    ids = KINDS[kind]
    practice = np.concatenate(
        [np.sort(draw.choice(practices, reached, replace=False)) for _ in range(origins)]
    )
    origin = np.arange(origins)
    demand = pd.DataFrame(
        {"origin_id": ids(origin, "s"), "persons": draw.integers(1, 500, origins)}
    )
    supply = pd.DataFrame(
        {"practice_id": ids(np.arange(practices), "p"), "supply": 3 * draw.random(practices)}
    )
    times = pd.DataFrame(
        {
            "origin_id": ids(origin.repeat(reached), "s"),
            "practice_id": ids(practice, "p"),
            "minutes": draw.integers(0, 3600, len(practice)) / 60,
        }
    )
    return demand, supply, times


def timed(work: Callable[[], Any], runs: int) -> tuple[Any, float]:
    """Result and least processor seconds."""
    least = np.inf
    for _ in range(runs):
        start = time.process_time()
        result = work()
        least = min(least, time.process_time() - start)
    return result, least


def compare(origins: int, practices: int, reached: int, kind: str) -> float:
    """Print seconds and ratios; return the ratio of both measures with all preparation."""
    from access import Access, weights

    demand, supply, times = case(origins, practices, reached, kind)
    steps = weights.step_fn({10: 1, 20: 0.68, 30: 0.22})
    names = {"cost_origin": "origin_id", "cost_dest": "practice_id", "cost_name": "minutes"}
    names |= {"demand_index": "origin_id", "demand_value": "persons"}
    names |= {"supply_index": "practice_id", "supply_value": "supply"}
    tables = {"demand_df": demand.copy(), "supply_df": supply.copy(), "cost_df": times.copy()}
    theirs, prepared = timed(lambda: Access(**tables, **names), 1)
    _, first = timed(lambda: theirs.two_stage_fca(max_cost=30), 2)
    _, second = timed(lambda: theirs.enhanced_two_stage_fca(weight_fn=steps), 2)
    pairs, linked = timed(lambda: link(demand, supply, times), 3)
    two, our_first = timed(lambda: two_step(pairs), 3)
    enhanced, our_second = timed(lambda: enhanced_two_step(pairs), 3)
    for mine, name in ((two, "2sfca_supply"), (enhanced, "e2sfca_supply")):
        other = theirs.access_df[name].reindex(mine.origins["origin_id"]).fillna(0).to_numpy()
        np.testing.assert_allclose(mine.origins["value"], other, rtol=1e-9)
    both = (prepared + first + second) / (linked + our_first + our_second)
    print(f"{len(times):,} pairs, ids: {kind}")
    print(f"  access     prepare {prepared:6.3f}  2SFCA {first:6.3f}  E2SFCA {second:6.3f} s")
    print(f"  geoaccess  prepare {linked:6.3f}  2SFCA {our_first:6.3f}  E2SFCA {our_second:6.3f} s")
    print(
        f"  access / geoaccess: 2SFCA {first / our_first:.0f}, prepared {first / (linked + our_first):.0f}; "
        f"E2SFCA {second / our_second:.0f}, prepared {second / (linked + our_second):.0f}; both, prepared {both:.0f}",
        flush=True,
    )
    return both


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sizes = [int(size) for size in sys.argv[1:4]] or [20_000, 5_000, 500]
    ratios = [compare(*sizes, kind) for kind in sys.argv[4:] or KINDS]
    sys.exit(min(ratios) < 20)
