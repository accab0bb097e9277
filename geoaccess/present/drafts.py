"""Files made as a draft beside their place, and moved into it in one go: all of them or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from geoaccess.errors import Fault, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: goes last, so that it never speaks of files that are not there yet
RECORD_FILE = "run.json"
ELSEWHERE = "choose another output folder"

ELSEWHERE = "choose another output folder"


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
