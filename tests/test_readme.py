import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "data/README.md", "maps/README.md"]
)
def test_links_between_files_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.findall(r'^  "([A-Za-z][\w-]*)>=', project, re.MULTILINE)
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Dependencies")[1]
    assert "geopandas" in listed
    assert [name for name in listed if name not in table] == []
