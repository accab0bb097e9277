import inspect
import subprocess
import sys

import pytest

import geoaccess

HEAVY = (
    *("folium", "geopandas", "matplotlib", "networkx", "numba", "numpy", "osmium", "osmnx"),
    *("pandas", "pyarrow", "pydantic", "pyproj", "scipy", "shapely", "typer"),
)


def test_names_are_sorted_and_unique() -> None:
    assert geoaccess.__all__ == sorted(set(geoaccess.__all__))
    assert set(geoaccess.__all__) <= set(dir(geoaccess))


@pytest.mark.parametrize("name", geoaccess.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    thing = getattr(geoaccess, name)
    assert thing.__name__ == name
    assert inspect.getdoc(thing)


def test_names_come_from_the_modules_type_checkers_are_told() -> None:
    told = inspect.getsource(geoaccess).split("if TYPE_CHECKING:")[1].split("__version__")[0]
    for name in geoaccess.__all__:
        assert name in told
        home = getattr(geoaccess, name).__module__
        assert f"from {home} import" in told, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        geoaccess.nonsense  # noqa: B018


def test_contract_names_of_a_notebook() -> None:
    contract = {"load_sites", "load_practices", "load_areas", "load_streets", "load_timetable"}
    contract |= {"Traveller", "build_network", "travel_times", "Study", "load_project"}
    # what a study of visits is told
    contract |= {"load_groups", "Group", "CareKind", "Measures", "Failing", "build_week"}
    assert contract <= set(geoaccess.__all__)


def test_importing_does_no_work() -> None:
    code = (
        "import sys, threading, geoaccess as ga\n"
        "ga.Traveller, ga.InputError, ga.Fault\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 1"


@pytest.mark.parametrize("home", ["geoaccess.project", "geoaccess.demo.write"])
def test_the_heaviest_libraries_wait_until_they_are_needed(home: str) -> None:
    code = (
        f"import sys, {home}\n"
        "print([m for m in ('folium', 'matplotlib', 'osmnx', 'osmium') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
