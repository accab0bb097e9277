"""run.json: how the results of a run were made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.access.care import care_of, kinds_to_judge
from geoaccess.load.default_groups import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geoaccess.result import Result
    from geoaccess.study import Study


def input_record(what: str, path: Path, base: Path) -> dict[str, Any]:
    """Identify one input: what it is, where it lies relative to the project, its content and its dates.

    Parameters
    ----------
    what : key under [inputs].
    path : file or folder (an unpacked feed).
    base : folder of the project.toml.
    """
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    files = [file for file in files if file.is_file()]
    newest = max((file.stat().st_mtime for file in files), default=0.0)
    return {
        "what": what,
        "file": Path(os.path.relpath(path, base)).as_posix()
        if _same_drive(path, base)
        else str(path),
        "sha256": _digest(path, files),
        "bytes": sum(file.stat().st_size for file in files),
        "modified": dt.datetime.fromtimestamp(newest, dt.UTC).date().isoformat(),
    }


def _same_drive(path: Path, base: Path) -> bool:
    return path.absolute().drive == base.absolute().drive


def _digest(path: Path, files: Sequence[Path]) -> str:
    """sha256 of a file; of a folder, that of the list of its files with theirs."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    listing = "".join(
        f"{_digest(file, [])}  {file.relative_to(path).as_posix()}\n" for file in files
    )
    return hashlib.sha256(listing.encode()).hexdigest()


def run_record(
    study: Study,
    result: Result,
    inputs: Sequence[Mapping[str, Any]],
    seconds: Mapping[str, float],
    outputs: Sequence[str],
) -> dict[str, Any]:
    """Say how a result was made, as it is written to run.json.

    Parameters
    ----------
    study, result : what was measured.
    inputs : one `input_record` for each input.
    seconds : of each stage.
    outputs : names of the files written.
    """
    context = result.context
    timetable = study.network.timetable
    rows = {
        "sites": len(result.sites),
        "groups": len(study.residents),
        "practices": len(result.practices),
        "areas": 0 if study.areas is None else len(study.areas),
        "travel_times": len(result.times),
        "cells": 0 if result.surface is None else len(result.surface),
        "street_segments": len(study.network.streets.length_cm),
        "stops": len(timetable.stops) if timetable else 0,
        "trips": len(timetable.trips) if timetable else 0,
        **_table_rows(result),
    }
    return {
        "project": context.title,
        "made_up": context.made_up,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "inputs": list(inputs),
        "parameters": {
            "language": context.language,
            "traveller": asdict(study.network.who),
            "when": {"date": context.date.isoformat(), "window": list(context.window)},
            "norm": asdict(study.norm),
            "percentiles": list(study.percentiles),
            "max_snap_m": study.network.max_snap_m,
            "cell_m": study.cell_m,
            # only a comparison: None where it is not asked for
            "contrast_car": None if study.roads is None else asdict(study.car),
            # 0: walking only, 1: a timetable, more: so many that are possible, as lines are known by headway only
            "draws": context.draws,
            **_plain(_visit_parameters(study)),
        },
        # of every default that decided a number: parameter, value, date, source
        "assumptions": _plain(result.assumptions.to_dict("records")),
        "rows": rows,
        "totals": asdict(result.totals),
        "warnings": list(context.warnings),
        "versions": dict(context.versions),
        "seconds": dict(seconds),
        # nothing in a run is drawn at random: what is known by headway only gets its phases from its id
        "seed": None,
        "peak_memory_mb": peak_memory_mb(),
        "outputs": list(outputs),
    }


def _table_rows(result: Result) -> dict[str, int]:
    """Count the rows of the tables of visits and places; 0 of those that were not asked for."""
    names = (
        *("visits", "every_visit", "reasons", "cascade", "basket", "failing"),
        *("capacity", "assignment", "unplaced", "access"),
    )
    tables = ((name, getattr(result, name)) for name in names)
    return {name: 0 if table is None else len(table) for name, table in tables}


def _visit_parameters(study: Study) -> dict[str, Any]:
    """By what visits, places and measures were judged: the week, kinds of care, groups, measures and thresholds."""
    monday = study.date - dt.timedelta(days=study.date.weekday())
    week = {
        "monday": monday,
        "sunday": monday + dt.timedelta(days=6),
        "networks": len(study.week or (study.network,)),
    }
    kinds = kinds_to_judge(study.care, care_of(study.practices).tolist())
    residents = study.residents
    return {
        "week": week,
        "country": study.country,
        "care": [asdict(kind) for kind in kinds],
        "main_care": study.main_care,
        "default_groups": [asdict(group) for group in study.profile or (BUILT_IN,)],
        "sites_with_default_groups": int(residents.loc[residents["assumed"], "site_id"].nunique()),
        "measures": asdict(study.measures),
        "failing": asdict(study.failing),
    }


def _plain(value: Any) -> Any:
    """Write what JSON has no word for in one that it has: dates as text, numbers of numpy as numbers."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def peak_memory_mb() -> int | None:
    """Return the most memory this process has held so far, in MB (10^6 bytes); None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6)


def as_json(record: Mapping[str, Any]) -> str:
    """Write a record as JSON that every reader takes: NaN and inf become null.

    Examples
    --------
    >>> print(as_json({"share": float("nan"), "sites": 3}))
    {
      "share": null,
      "sites": 3
    }
    """
    # ASCII only: a console in cp1252 can show it, and every reader of JSON turns it back
    return json.dumps(_finite(record), indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
