"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# a test that is slow on a busy machine is not a failing one
settings.register_profile("no deadlines", deadline=None)
settings.load_profile("no deadlines")


@pytest.fixture(autouse=True, scope="session")
def _cache_of_these_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep prepared networks in a folder of these tests, never in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOACCESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real data beside the checkout; tests that need it skip where it is absent."""
    root = Path(os.environ.get("GEOACCESS_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (root / "data").is_dir():
        pytest.skip("needs the real data in ../shared (or GEOACCESS_SHARED), which is absent")
    return root / "data"


@pytest.fixture(scope="session")
def demo_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the input files of the made-up region; copy it before changing anything."""
    from geoaccess.demo.write import write_demo

    return write_demo(tmp_path_factory.mktemp("demo")).parent
