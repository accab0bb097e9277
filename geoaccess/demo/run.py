"""The whole job on the made-up region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geoaccess.demo.write import write_demo
from geoaccess.errors import ProjectError
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
        when the folder cannot be written.
    """
    output = Path(folder)
    faults = output_faults(output / "input")
    if faults:
        raise ProjectError(faults)
    tell("making up a region")
    project = write_demo(output / "input")
    return run_project(project, output, workers=workers, tell=tell)
