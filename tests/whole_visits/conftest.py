"""Most of these tests read tables only, so drawing maps for paper, which takes most of the time, is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def papers() -> None:
    """Ask for this to have all outputs made."""


@pytest.fixture(autouse=True)
def _no_papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "papers" in request.fixturenames:
        return

    def nothing(_sheet: Any, path: Path, *_more: Any) -> None:
        path.touch()

    monkeypatch.setattr("geoaccess.present.figure.make_figure", lambda _result: None)
    monkeypatch.setattr("geoaccess.present.figure.write_png", nothing)
    monkeypatch.setattr("geoaccess.present.figure.write_pdf", nothing)
