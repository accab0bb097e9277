"""Imports run one way: the folder listing is the data flow."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOMS = (
    *("errors", "software", "tables", "load", "network", "route", "access", "result", "study"),
    *("scenario", "plan"),
    *("present", "schema", "care_settings", "settings", "record", "cache", "prepared"),
    *("rides", "inputs", "project", "demo", "cli"),
)
#: libraries that only some rooms may import
ONLY_IN = {
    "osmnx": {"load"},
    "osmium": {"load", "demo"},
    "folium": {"present"},
    "branca": {"present"},
    "xstatic": {"present"},
    "matplotlib": {"present"},
    "numba": {"network", "route"},
    "pydantic": {"schema"},
    "typer": {"cli"},
    "rich": {"cli"},
}
#: modules that may look a later room up by name when they are called
LATE_IMPORTS = {"geoaccess", "geoaccess.result"}
PACKAGE = Path(__file__).resolve().parents[1] / "geoaccess"


def sources() -> dict[str, str]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ["geoaccess", *path.relative_to(PACKAGE).with_suffix("").parts]
        name = ".".join(part for part in parts if part != "__init__")
        found[name] = path.read_text("utf-8")
    return found


def imported(
    source: str, name: str, modules: set[str], *, types: bool = True
) -> list[tuple[str, int]]:
    """Names of the modules that a module imports anywhere, also inside functions, with their lines.

    What only type checkers import counts, too, unless ``types`` is off.
    """
    tree = ast.parse(source)
    if not types:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = [ast.Pass()]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            found.append((f"relative import in {name}", node.lineno))
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                found.append((below if below in modules else str(node.module), node.lineno))
    return found


def faults_of(modules: dict[str, str]) -> list[str]:
    """Imports that run the wrong way, libraries in the wrong room, rooms that the list does not know."""
    faults = []
    for name, source in modules.items():
        room = name.split(".")[1] if "." in name else ""
        entry = room in (
            "",
            "__main__",
        )  # the package itself and python -m geoaccess see everything
        if not entry and room not in ROOMS:
            faults.append(f"{name}: room '{room}' is not in the list of rooms")
            continue
        for target, line in imported(source, name, set(modules)):
            library, *below = target.split(".")
            if target.startswith("relative"):
                faults.append(f"{name}:{line}: {target}")
            elif library == "geoaccess" and not entry:
                # `import geoaccess` alone sees everything: only the command line, which comes last, may
                there = ROOMS.index(below[0]) if below and below[0] in ROOMS else len(ROOMS) - 1
                if there > ROOMS.index(room):
                    faults.append(f"{name}:{line}: {room} must not import {target}")
            elif not entry and room not in ONLY_IN.get(library, {room}):
                faults.append(f"{name}:{line}: {library} does not belong in {room}")
        if "import_module(" in source and name not in LATE_IMPORTS:
            faults.append(f"{name}: looks up modules by name")
    return faults


def test_imports_run_one_way() -> None:
    assert faults_of(sources()) == []


def test_no_module_waits_for_itself() -> None:
    modules = sources()
    graph = {
        name: {target for target, _ in imported(source, name, set(modules), types=False)}
        & set(modules) - {"geoaccess"}
        for name, source in modules.items()
        if name != "geoaccess"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {error.args[1]}")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("geoaccess.load.sites", "from geoaccess.study import Study"),
        ("geoaccess.load.sites", "import geoaccess.present.map"),
        ("geoaccess.access.areas", "def f():\n    from geoaccess import project"),
        ("geoaccess.network.links", "if TYPE_CHECKING:\n    from geoaccess.route.matrix import x"),
        ("geoaccess.tables", "import geoaccess"),
        ("geoaccess.tables", "from geoaccess import load_sites"),
        ("geoaccess.access.areas", "from . import reason"),
        ("geoaccess.access.areas", "import numba as nb"),
        ("geoaccess.study", "import matplotlib.pyplot as plt"),
        ("geoaccess.project", "def f():\n    import osmnx"),
        ("geoaccess.present.map", "from osmium import io"),
        ("geoaccess.load.sites", "importlib.import_module('geoaccess.present')"),
        ("geoaccess.utils", ""),
    ],
)
def test_the_checker_sees_what_is_wrong(name: str, source: str) -> None:
    good = {"geoaccess.project": "", "geoaccess.present.map": "", "geoaccess.study": ""}
    assert faults_of(good) == []
    assert len(faults_of(good | {name: source})) == 1


def test_the_checker_lets_the_right_way_through() -> None:
    good = {
        "geoaccess": "from geoaccess.cli import main",
        "geoaccess.__main__": "from geoaccess.cli import main",
        "geoaccess.cli": "import geoaccess, typer\nfrom geoaccess.project import run_project",
        "geoaccess.route.matrix": "import numba\nfrom geoaccess.network import links",
        "geoaccess.network.links": "",
    }
    assert faults_of(good) == []
