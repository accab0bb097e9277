"""The whole job on the made-up region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geoaccess.demo.write import write_demo
from geoaccess.errors import Fault, ProjectError
from geoaccess.present.drafts import output_faults
from geoaccess.project import Run, run_project, silent

if TYPE_CHECKING:
    from collections.abc import Callable


def run_demo(
    folder: str | Path,
    *,
    workers: int | None = None,
    tell: Callable[[str], None] = silent,
) -> Run:
    """Write the input files of the made-up region and run them as any other project.

    Parameters
    ----------
    folder : for the results; the inputs go to a folder "input" in it.
    workers, tell : as in `run_project`.

    Returns
    -------
    Run

    Raises
    ------
    ProjectError
        when the folder cannot be written, or its "input" holds files that are not the demo's.
    """
    output = Path(folder)
    faults = output_faults(output / "input") or _files_of_others(output / "input")
    if faults:
        raise ProjectError(faults)
    tell("making up a region")
    project = write_demo(output / "input")
    return run_project(project, output, workers=workers, tell=tell)


def _files_of_others(inputs: Path) -> list[Fault]:
    """Fault when made-up files would take the place of somebody's own."""
    written = inputs / "project.toml"
    if not inputs.is_dir() or not any(inputs.iterdir()):
        return []
    if written.is_file() and "made_up = true" in written.read_text("utf-8", errors="replace"):
        return []
    problem = "holds files that are not the demo's; they stay as they are"
    return [Fault(problem, str(inputs), remedy="choose another folder with -o")]
