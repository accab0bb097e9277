import datetime as dt
import importlib.resources
import re
import tomllib
from pathlib import Path

import pytest

from geoaccess.access.norm import Norm, When
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.vans import Van
from geoaccess.network.traveller import Traveller
from geoaccess.schema import ProjectToml, VanStopTable, VanTable
from geoaccess.settings import read_settings, write_template

MINIMAL = '[inputs]\nsites = "sites.csv"\nosm = "r.osm.pbf"\n'


@pytest.fixture
def write(tmp_path: Path):
    """Return a function that writes a project.toml beside its two inputs."""
    for name in ("sites.csv", "r.osm.pbf", "gtfs.zip"):
        (tmp_path / name).touch()

    def write(text: str | bytes) -> Path:
        path = tmp_path / "project.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def faults_of(path: Path) -> list[Fault]:
    return read_settings(path)[1]


def only_fault(path: Path) -> Fault:
    faults = faults_of(path)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_defaults(write, tmp_path: Path) -> None:
    settings, faults = read_settings(write(MINIMAL))
    assert not faults
    assert settings.sites == tmp_path / "sites.csv"
    assert settings.practices == settings.osm == tmp_path / "r.osm.pbf"
    assert (settings.traveller, settings.norm, settings.when) == (Traveller(), Norm(), When())
    assert (settings.name, settings.language, settings.made_up) == (tmp_path.name, "nl", False)
    assert settings.output is None
    assert settings.gtfs == ()
    assert settings.cell_m is None


def test_everything(write, tmp_path: Path) -> None:
    settings, faults = read_settings(
        write(
            '[project]\nname = "Peel"\nlanguage = "en"\noutput = "out"\nmade_up = true\n'
            + MINIMAL.replace("sites.csv", "./sites.csv")
            + 'practices = "sites.csv"\nareas = "sites.csv"\nareas_layer = "wijken"\n'
            + 'gtfs = "gtfs.zip"\n[traveller]\nwalk_kmh = 4\nmax_rides = 2\n'
            + '[when]\ndate = 2026-11-24\nwindow = [22:00:00, "25:30"]\n'
            + "[norm]\nmax_minutes = 45\npercentile = 90\n[surface]\ncell_m = 500\n"
        )
    )
    assert not faults
    assert settings.output == tmp_path / "out"
    assert settings.gtfs == (tmp_path / "gtfs.zip",)
    assert settings.traveller == Traveller(walk_kmh=4, max_rides=2)
    assert settings.when == When(("22:00", "25:30"), dt.date(2026, 11, 24))
    assert settings.norm == Norm(45, 90)
    assert settings.cell_m == 500
    assert (settings.name, settings.areas_layer, settings.made_up) == ("Peel", "wijken", True)


@pytest.mark.parametrize(
    ("line", "key", "remedy"),
    [
        ("[norm]\nmaxminutes = 3", "norm.maxminutes", "did you mean 'max_minutes'?"),
        ("[traveler]\nwalk_kmh = 3", "traveler", "did you mean 'traveller'?"),
        ("[norm]\nwalk_kmh = 3", "norm.walk_kmh", "'walk_kmh' belongs under [traveller]"),
        ("[when]\nzzz = 3", "when.zzz", "remove it; known here are: date, window"),
        ("[[groups]]\nname = 'x'", "groups", None),
    ],
)
def test_unknown_keys_suggest_the_nearest(write, line: str, key: str, remedy: str | None) -> None:
    fault = only_fault(write(MINIMAL + line))
    assert (fault.problem, fault.file, fault.key) == ("unknown key", "project.toml", key)
    assert remedy is None or fault.remedy == remedy


@pytest.mark.parametrize(
    ("line", "key", "problem"),
    [
        ("[norm]\nmax_minutes = '30'", "norm.max_minutes", "must be a number"),
        ("[norm]\nmax_minutes = true", "norm.max_minutes", "must be a number"),
        ("[norm]\nmax_minutes = -1", "norm.max_minutes", "must be from 1 to 1440"),
        ("[norm]\nmax_minutes = nan", "norm.max_minutes", "must be from 1 to 1440"),
        ("[norm]\nmax_minutes = 150", "norm.max_minutes", "longer than the longest trip"),
        ("[traveller]\nmax_rides = 1.5", "traveller.max_rides", "must be a whole number"),
        ("[traveller]\ncycle = 1", "traveller.cycle", "must be true or false"),
        ("[traveller]\nmax_cycle_min = -1", "traveller.max_cycle_min", "must be from 0 to 600"),
        ("[traveller]\nwalk_kmh = 50", "traveller.walk_kmh", "must be from 0.5 to 10"),
        ("[when]\ndate = 20261124", "when.date", "is not a date"),
        ("[when]\ndate = '24-11-2026'", "when.date", "is not a date"),
        ("[when]\ndate = 2026-11-24T08:00:00", "when.date", "is not a date"),
        ("[when]\nwindow = '08:00'", "when.window", "must be two times"),
        ("[when]\nwindow = [8, 10]", "when.window", "must be text"),
        ("[when]\nwindow = ['08:00', '31:00']", "when.window", "is not a time"),
        (
            "[when]\nwindow = ['29:00', '30:00']\n[traveller]\nmax_minutes = 121",
            "when.window",
            "32:00",
        ),
        ("[project]\nlanguage = 'de'", "project.language", "must be 'nl' or 'en'"),
        ("[project]\nname = 3", "project.name", "must be text"),
        ("[project]\noutput = ''", "project.output", "must be the name of a file"),
    ],
)
def test_wrong_values(write, line: str, key: str, problem: str) -> None:
    faults = faults_of(write(MINIMAL + line))
    assert {fault.key for fault in faults} <= {key, f"{key}.0", f"{key}.1"}
    assert all(problem in fault.problem for fault in faults), [str(f) for f in faults]
    assert all(fault.file == "project.toml" for fault in faults)
    assert faults


def test_all_faults_at_once(write) -> None:
    faults = faults_of(
        write(
            "project = 3\n[inputs]\nsites = 'site.csv'\nareas = 'nowhere/areas.gpkg'\n"
            "gtfs = ['gtfs.zip', 'other.zip']\n[norm]\npercentil = 5\n[traveller]\nwalk_kmh = 'fast'\n"
        )
    )
    assert {(fault.key, fault.problem.split()[0]) for fault in faults} == {
        ("project", "must"),
        ("inputs.sites", "there"),
        ("inputs.areas", "there"),
        ("inputs.gtfs", "there"),
        ("inputs.osm", "is"),
        ("norm.percentil", "unknown"),
        ("traveller.walk_kmh", "must"),
        ("when.date", "a"),
    }
    by_key = {fault.key: fault for fault in faults}
    assert by_key["inputs.sites"].remedy == "did you mean 'sites.csv'?"
    assert by_key["inputs.areas"].value == str(Path("nowhere/areas.gpkg"))


def test_faulty_settings_still_lead_to_the_inputs_that_are_there(write, tmp_path: Path) -> None:
    settings, faults = read_settings(write(MINIMAL + "[norm]\nbad = 1\n"))
    assert faults
    assert settings.sites == tmp_path / "sites.csv"
    # practices that are named but not there are not replaced by those of the extract
    settings, faults = read_settings(write(MINIMAL + "practices = 'gone.csv'"))
    assert faults
    assert settings.practices is None


def test_a_graph_holds_no_practices(write) -> None:
    (write("").parent / "r.graphml").touch()
    fault = only_fault(write(MINIMAL.replace("r.osm.pbf", "r.graphml")))
    assert fault.key == "inputs.practices"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("[inputs]\nsites = sites.csv\n", 2),
        ('[inputs]\nsites = "C:\\Users\\x.csv"\n', 2),
        ("[inputs]\n[inputs]\n", 2),
        ("[inputs\n", 1),
    ],
)
def test_a_syntax_error_names_its_line(write, text: str, row: int) -> None:
    with pytest.raises(ProjectError, match="not valid TOML") as caught:
        read_settings(write(text))
    assert caught.value.faults[0].row == row


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("naam = 'caf\xe9'".encode("cp1252"), "not UTF-8"),
        (b"\xff\xfe[\x00", "not UTF-8"),
        (b"a = " + b"[" * 20_000, "nested too deeply|not valid TOML"),
        (b"#" * 1_000_001, "far too large"),
    ],
)
def test_files_that_are_no_text(write, content: bytes, problem: str) -> None:
    with pytest.raises(ProjectError, match=problem):
        read_settings(write(content))


def test_a_byte_order_mark_is_no_fault(write) -> None:
    assert not faults_of(write(b"\xef\xbb\xbf" + MINIMAL.encode()))


def test_a_name_too_long_for_the_disk_is_no_such_file(write) -> None:
    fault = only_fault(write(MINIMAL + f"areas = '{'a' * 300}.gpkg'"))
    assert (fault.key, fault.problem) == ("inputs.areas", "there is no such file")


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no such file"):
        read_settings(tmp_path / "project.toml")
    with pytest.raises(ProjectError, match="cannot be read"):
        read_settings(tmp_path)


def test_the_template_names_every_key_with_its_default(tmp_path: Path) -> None:
    text = importlib.resources.files("geoaccess").joinpath("template.toml").read_text("utf-8")
    # comments that are options: "# key = value", "# [[table]]", and the lines of a list of tables
    every = re.sub(r"^# (?=\w+ = |\[\[|  \{|\])", "", text, flags=re.MULTILINE)
    document = tomllib.loads(every)
    toml = ProjectToml.model_validate(document)
    for table, field in ProjectToml.model_fields.items():
        if table != "van":
            assert set(document[table]) == set(type(field.default).model_fields), table
    (van,) = document["van"]
    assert set(van) == set(VanTable.model_fields)
    assert {key for stop in van["stops"] for key in stop} == set(VanStopTable.model_fields)
    defaults = ProjectToml()
    assert toml.norm == defaults.norm
    assert toml.traveller == defaults.traveller.model_copy(update={"max_rides": 4})
    assert toml.when.window == defaults.when.window
    assert toml.van[0].days == Van.days


def test_init_writes_what_check_understands_and_never_overwrites(tmp_path: Path) -> None:
    written = write_template(tmp_path / "new" / "project")
    keys = [fault.key for fault in faults_of(written)]
    assert keys == ["inputs.sites", "inputs.osm"]
    before = written.read_bytes()
    with pytest.raises(ProjectError, match="exists already"):
        write_template(written.parent)
    assert written.read_bytes() == before
    with pytest.raises(ProjectError, match="cannot be written"):
        write_template(written)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("5", "whole number of metres from 10 to 10000"),
        ("-250", "whole number of metres"),
        ("250.5", "must be a whole number"),
        ('"250"', "must be a whole number, without quotes"),
    ],
)
def test_sides_of_cells_that_are_none(write, value: str, said: str) -> None:
    path = write(MINIMAL + f"[surface]\ncell_m = {value}\n")
    fault = only_fault(path)
    assert (fault.file, fault.key) == ("project.toml", "surface.cell_m")
    assert said in fault.problem
    assert read_settings(path)[0].cell_m is None
