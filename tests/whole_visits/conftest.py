"""Most of these tests read tables only, so maps, papers and databases, which take most of the time, stay empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def papers() -> None:
    """Ask for this to have all outputs made."""


class _Sheet:
    """Stands for a drawn map."""

    def save(self, path: Path) -> None:
        path.touch()


@pytest.fixture(autouse=True)
def _no_papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "papers" in request.fixturenames:
        return

    def nothing(_made: Any, path: Path, *_more: Any) -> None:
        path.touch()

    def sheet(*_given: Any) -> _Sheet:
        return _Sheet()

    monkeypatch.setattr("geoaccess.present.figure.make_figure", sheet)
    monkeypatch.setattr("geoaccess.present.map.make_map", sheet)
    for name in ("figure.write_png", "figure.write_pdf"):
        monkeypatch.setattr(f"geoaccess.present.{name}", nothing)
    for name in ("write_geopackage", "write_workbook"):
        monkeypatch.setattr(f"geoaccess.present.outputs.{name}", nothing)
