"""What a run leaves behind: its outputs moved into place in one go, and run.json that says how they were made."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoaccess.errors import Fault, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geoaccess.study import Result, Study

RECORD_FILE = "run.json"
ELSEWHERE = "choose another output folder with -o"


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give a draft folder whose files are moved to ``folder`` at the end, all of them or none.

    Parameters
    ----------
    folder : where the files end up; made if absent. Files of the same name are replaced, others left alone.

    Yields
    ------
    Path
        an empty folder on the same disk. When the body fails it is removed and ``folder`` stays as it was.

    Raises
    ------
    ProjectError
        when a file cannot be replaced; the old files are then back in place.
    """
    with tempfile.TemporaryDirectory(
        prefix=".geoaccess-", dir=_draft_home(folder), ignore_cleanup_errors=True
    ) as name:
        draft = Path(name)
        yield draft
        _move_all(draft, folder)


def output_faults(folder: Path) -> list[Fault]:
    """Say why nothing could be written to ``folder``, before hours are spent on results."""
    try:
        home = _nearest_folder(folder)
        if not home.is_dir():
            return [Fault("is a file, not a folder", str(home), remedy=ELSEWHERE)]
        _try_to_write(home)
    except OSError as error:
        problem = f"results cannot be written here ({error.strerror})"
        return [Fault(problem, str(folder), remedy=ELSEWHERE)]
    return []


def overwritten_inputs(targets: Iterable[Path], inputs: Iterable[Path]) -> list[Fault]:
    """Faults for outputs that would take the place of an input, such as a sites.csv beside the project.toml."""
    there = [path for path in inputs if path.exists()]
    return [
        Fault(
            "is an input of this project, results may not replace it", str(target), remedy=ELSEWHERE
        )
        for target in targets
        if target.exists() and any(target.samefile(path) for path in there)
    ]


def _try_to_write(folder: Path) -> None:
    """Make and remove a file: the permissions of a folder do not tell all, least of all on Windows."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _can_write(folder: Path) -> bool:
    try:
        _try_to_write(folder)
    except OSError:
        return False
    return True


def _draft_home(folder: Path) -> Path:
    """Folder to make the draft in: beside the results where that is the same disk, otherwise among them."""
    beside, there = _nearest_folder(folder.absolute().parent), _nearest_folder(folder)
    same_disk = beside.stat().st_dev == there.stat().st_dev
    return beside if same_disk and _can_write(beside) else there


def _nearest_folder(folder: Path) -> Path:
    """Return the folder itself where it exists, otherwise the nearest parent that does."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _move_all(draft: Path, folder: Path) -> None:
    """Move the files of ``draft`` into ``folder``; on failure put the old files back."""
    # run.json goes last, so that it never speaks of files that are not there yet
    files = sorted(draft.iterdir(), key=lambda file: (file.name == RECORD_FILE, file.name))
    folder.mkdir(parents=True, exist_ok=True)
    old = Path(tempfile.mkdtemp(dir=draft))
    moved: list[Path] = []
    target = folder
    try:
        for file in files:
            target = folder / file.name
            if target.exists():
                _keep(target, old / file.name)
            file.replace(target)
            moved.append(target)
    except OSError as error:
        for done in moved:
            if (old / done.name).exists():
                (old / done.name).replace(done)
            else:
                done.unlink()
        raise ProjectError(
            Fault(
                f"cannot be replaced ({error.strerror}); the old results are still in place",
                str(target),
                remedy="close it where it is open and run again",
            )
        ) from error


def _keep(file: Path, copy: Path) -> None:
    try:
        os.link(file, copy)
    except OSError:  # no hard links on this disk
        shutil.copy2(file, copy)


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
    transit = study.network.transit
    rows = {
        "sites": len(result.sites),
        "practices": len(result.practices),
        "areas": 0 if study.areas is None else len(study.areas),
        "travel_times": len(result.times),
        "street_segments": len(study.network.streets.length_cm),
        "stops": len(transit.timetable.stops) if transit else 0,
        "trips": len(transit.timetable.trips) if transit else 0,
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
        },
        "rows": rows,
        "totals": asdict(result.totals),
        "warnings": list(context.warnings),
        "versions": dict(context.versions),
        "seconds": dict(seconds),
        # nothing in a run is drawn at random: runs known by headway only get a phase from their trip id
        "seed": None,
        "peak_memory_mb": peak_memory_mb(),
        "outputs": list(outputs),
    }


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
