import datetime as dt
import importlib.resources
import re
import tomllib
from pathlib import Path

import pytest

from geoaccess.access.care import CARE_KINDS, CareKind
from geoaccess.access.failing import Failing
from geoaccess.access.measured import Measures
from geoaccess.access.norm import Norm, When
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.default_groups import Group
from geoaccess.load.vans import Van
from geoaccess.network.driving import Car
from geoaccess.network.traveller import Traveller
from geoaccess.schema import CareTable, GroupTable, ProjectToml, VanStopTable, VanTable
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
        ("[[groups]]\nshifts = 'x'", "groups[1].shifts", "did you mean 'shift'?"),
        ("[[group]]\nshare = 1.0", "group", "did you mean 'groups'?"),
        (
            "registered_share = 1.0",
            "inputs.registered_share",
            "'registered_share' belongs under [[groups]]",
        ),
        (
            "[norm]\nnorm_minutes = 1",
            "norm.norm_minutes",
            "did you mean 'max_minutes'? ('norm_minutes' belongs under [[care]])",
        ),
        ("[[care]]\ncare = 'ggz'\nhours = 'x'", "care[1].hours", "did you mean 'opening_hours'?"),
        ("[norm]\nunknownweight = 1", "norm.unknownweight", "did you mean 'unknown_weight'?"),
        ("[failing]\nmin_person = 5", "failing.min_person", "did you mean 'min_persons'?"),
        ("[measures]\ncatchments = []", "measures.catchments", "did you mean 'catchment'?"),
    ],
)
def test_unknown_keys_suggest_the_nearest(write, line: str, key: str, remedy: str | None) -> None:
    fault = only_fault(write(MINIMAL + line))
    assert (fault.problem, fault.file, fault.key) == ("unknown key", "project.toml", key)
    assert remedy is None or fault.remedy == remedy


def test_groups_of_the_project(write, tmp_path: Path) -> None:
    (tmp_path / "groups.csv").touch()
    settings, faults = read_settings(
        write(
            MINIMAL
            + "groups = 'groups.csv'\n[[groups]]\ngroup_id = 'kas'\nshare = 0.6\nshift = '6-15'\nwork_days = 'ma-za'\n"
            + "commute_min = 30\nlanguages = ['Pools', 'ro']\nregistered_share = 0\nsource = 'uitzendbureau'\n"
            + "date = 2026-11-01\n[[groups]]\nshare = 0.4\nshift = ['6-14', '22-6']\nwork_days = ['Mo', 'We']\n"
        )
    )
    assert not faults
    assert settings.groups == tmp_path / "groups.csv"
    assert settings.groups in settings.files
    first, second = settings.profile
    assert first == Group(
        "kas", 0.6, "6-15", "Mo-Sa", 30, "pl;ro", 0.0, "uitzendbureau", dt.date(2026, 11, 1)
    )
    assert (second.group_id, second.shift, second.work_days) == (
        "2",
        "06:00-14:00 | 22:00-06:00",
        "Mo,We",
    )


def test_every_fault_of_the_groups_of_the_project_at_once(write) -> None:
    faults = faults_of(
        write(
            MINIMAL
            + "[[groups]]\ngroup_id = 'kas'\nshare = 'half'\nshift = 'soms'\ncommute_min = -5\n"
            + "[[groups]]\ngroup_id = 'kas'\nshare = 1.5\nwork_days = 'vaak'\nlanguages = 'klingons'\n"
            + "registerd_share = 2\n"
        )
    )
    assert {fault.key: fault.problem.split()[0] for fault in faults} == {
        "groups[1].share": "must",
        "groups[1].shift": "has",
        "groups[1].commute_min": "must",
        "groups[2].registerd_share": "unknown",
        "groups[2].share": "must",
        "groups[2].work_days": "is",
        "groups[2].languages": "is",
    }
    assert all(fault.file == "project.toml" for fault in faults)
    assert all(fault.remedy for fault in faults if not fault.problem.startswith("must be a"))


@pytest.mark.parametrize(
    ("shares", "key"), [(("0.6", "0.6"), "groups.share"), (("0.5", "0.5"), "groups.group_id")]
)
def test_groups_of_the_project_that_do_not_fit_together(write, shares, key: str) -> None:
    lines = "".join(f"[[groups]]\ngroup_id = 'a'\nshare = {share}\n" for share in shares)
    assert key in [fault.key for fault in faults_of(write(MINIMAL + lines))]


def test_groups_as_one_table_and_as_no_table(write) -> None:
    assert read_settings(write(MINIMAL + "[groups]\nshift = 'off'\n"))[0].profile[0].shift == "off"
    fault = only_fault(write("groups = 3\n" + MINIMAL))
    assert fault.problem.startswith("must be a table: a line [[groups]]")


def test_kinds_of_care(write) -> None:
    settings, faults = read_settings(
        write(
            MINIMAL
            + "[[care]]\ncare = 'Pharmacy'\nnorm_minutes = 20\nopening_hours = 'Mo-Fr 09:00-17:30'\n"
            + "[[care]]\ncare = 'HAP'\n[[care]]\ncare = 'Podoloog'\nreception_margin_min = 5\n"
            + "[[care]]\ncare = 'huisartsen'\nconsult_min = 20\nsource = 'GGD'\ndate = 2026-01-01\n"
        )
    )
    assert not faults
    pharmacy, post, other, gp = settings.care
    assert pharmacy == CareKind(
        "apotheek",
        20,
        opening_hours="Mo-Fr 09:00-17:30",
        source="project.toml",
        hours_source="project.toml",
    )
    assert post == CARE_KINDS["huisartsenpost"]
    own = read_settings(write(MINIMAL + "[[care]]\ncare = 'seh'\nnorm_minutes = 45\n"))[0].care[0]
    assert (own.source, own.default_hours().source) == (
        "project.toml",
        "assumption: open day and night",
    )
    assert other == CareKind("podoloog", margin_min=5, source="project.toml")
    assert only_fault(write(MINIMAL + "[[care]]\ncare = 3\n")).key == "care[1].care"
    assert gp == CareKind("huisarts", consult_min=20, source="GGD", date=dt.date(2026, 1, 1))


def test_a_norm_of_care_longer_than_the_longest_trip(write) -> None:
    fault = only_fault(write(MINIMAL + "[[care]]\ncare = 'seh'\nnorm_minutes = 150\n"))
    assert (fault.key, fault.value) == ("care[1].norm_minutes", "150")
    assert "longest trip searched (120 minutes)" in fault.problem


def test_every_fault_of_the_kinds_of_care_at_once(write) -> None:
    faults = faults_of(
        write(
            MINIMAL
            + "[[care]]\ncare = 'apotheek'\nnorm_minutes = -3\nconsult_min = '10'\nreception_margin_min = 999\n"
            + "[[care]]\nnorm_minuts = 3\n[[care]]\ncare = 'ggz'\nopening_hours = 'soms'\n"
            + "[[care]]\ncare = ''\n[[care]]\ncare = 'jgz'\n[[care]]\ncare = 'consultatiebureau'\n"
            + "[[care]]\ncare = 'seh'\nmax_minutes = 20\n"
        )
    )
    assert [(fault.key, fault.problem.split()[0]) for fault in faults] == [
        ("care[1].consult_min", "must"),
        ("care[2].norm_minuts", "unknown"),
        ("care[7].max_minutes", "unknown"),
        ("care[1].norm_minutes", "must"),
        ("care[1].reception_margin_min", "must"),
        ("care[2].care", "must"),
        ("care[3].opening_hours", "are"),
        ("care[4].care", "must"),
        ("care.care", "this"),
    ]
    assert faults[2].remedy == "did you mean 'norm_minutes'?"


def test_measures_failing_and_country(write) -> None:
    text = "[measures]\ncatchment = ['2SFCA', 'raam']\n[failing]\nmin_persons = 10\n"
    settings, faults = read_settings(write(MINIMAL + text + "[project]\ncountry = 'be'\n"))
    assert not faults
    assert settings.measures == Measures(("2sfca", "raam"))
    assert settings.failing == Failing(min_persons=10)
    assert settings.country == "BE"
    assert read_settings(write(MINIMAL + "[project]\ncountry = ''"))[0].country is None


@pytest.mark.parametrize(
    ("line", "key", "problem"),
    [
        ("[norm]\nconsult_min = 0", "norm.consult_min", "must be from 1 to 480"),
        ("[norm]\nreception_margin_min = -1", "norm.reception_margin_min", "must be from 0 to 240"),
        ("[norm]\npatients_per_fte = '2095'", "norm.patients_per_fte", "must be a number"),
        ("[norm]\nconditional_weight = 50", "norm.conditional_weight", "must be from 0 to 1"),
        ("[norm]\nunknown_weight = inf", "norm.unknown_weight", "must be from 0 to 1"),
        ("[measures]\ncatchment = ['3sfc']", "measures.catchment", "is no catchment measure"),
        ("[measures]\ncatchment = 3", "measures.catchment.0", "must be text"),
        ("[measures]\ninhabitants = 'ja'", "measures.inhabitants", "must be true or false"),
        ("[failing]\nmin_share = 50", "failing.min_share", "must be from 0 to 1"),
        ("[failing]\nmin_persons = nan", "failing.min_persons", "must be from 0 to"),
        ("[project]\ncountry = 'Nederland'", "project.country", "holidays of this country"),
        ("[project]\ncountry = 31", "project.country", "must be text"),
        ("[project]\nlanguage = 'de'", "project.language", "must be 'nl' or 'en'"),
        ("[inputs.groups]\nshare = 1.0", "inputs.groups", "must be the name of a file"),
        ("[[groups]]\nshare = nan", "groups[1].share", "must be above 0"),
        ("[[groups]]\ncommute_min = inf", "groups[1].commute_min", "must be from 0 to"),
        ("[[groups]]\ndate = 2026", "groups[1].date", "is not a date"),
        ("[[groups]]\nshift = ''", "groups[1].shift", "has"),
        ("[[groups]]\nshift = 6", "groups[1].shift", "must be text"),
    ],
)
def test_wrong_values_of_visits(write, line: str, key: str, problem: str) -> None:
    fault = only_fault(write(MINIMAL + line))
    assert (fault.file, fault.key) == ("project.toml", key)
    assert problem in fault.problem


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
        if table not in ("van", "groups", "care"):
            assert set(document[table]) == set(type(field.default).model_fields), table
    (van,) = document["van"]
    assert set(van) == set(VanTable.model_fields)
    assert {key for stop in van["stops"] for key in stop} == set(VanStopTable.model_fields)
    (group,) = document["groups"]
    assert set(group) == set(GroupTable.model_fields)
    (care,) = document["care"]
    assert set(care) == set(CareTable.model_fields)
    defaults = ProjectToml()
    assert toml.norm == defaults.norm.model_copy(update={"unknown_weight": 0.56})
    assert (toml.measures, toml.failing) == (defaults.measures, defaults.failing)
    assert toml.project.country == defaults.project.country
    known = {"group_id": "kas", "languages": "pl;ro", "date": dt.date(2026, 11, 1)}
    assert toml.groups == (GroupTable(**known),)
    assert toml.traveller == defaults.traveller.model_copy(
        update={"max_rides": 4, "max_walk_total_min": 30}
    )
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


def test_the_car_is_a_contrast_only_where_it_is_asked_for(write) -> None:
    assert read_settings(write(MINIMAL))[0].car is None
    assert read_settings(write(MINIMAL + "[contrast]\nparking_min = 3\n"))[0].car is None
    settings, faults = read_settings(write(MINIMAL + "[contrast]\ncar = true\nparking_min = 3\n"))
    assert not faults
    assert settings.car == Car(parking_min=3)
    fault = only_fault(write(MINIMAL + "[contrast]\ncar = true\nspeed_factor = 9\n"))
    assert (fault.file, fault.key) == ("project.toml", "contrast.speed_factor")


def test_a_saved_graph_has_no_contrast_with_the_car(write, tmp_path: Path) -> None:
    (tmp_path / "r.graphml").touch()
    (tmp_path / "p.csv").touch()
    text = '[inputs]\nsites = "sites.csv"\npractices = "p.csv"\nosm = "r.graphml"\n'
    fault = only_fault(write(text + "[contrast]\ncar = true\n"))
    assert fault.key == "contrast.car"
