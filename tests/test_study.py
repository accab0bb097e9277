import datetime as dt
import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely.geometry import Point, box

from geoaccess import result as result_module
from geoaccess import study as study_module
from geoaccess.access.norm import Norm, When
from geoaccess.errors import ProjectError, TableError
from geoaccess.load.default_groups import default_groups
from geoaccess.network.network import Network, build_network
from geoaccess.network.traveller import Traveller
from geoaccess.record import as_json, run_record
from geoaccess.study import Study
from tests.worlds import Trip, make_streets, make_timetable

DAY = dt.date(2026, 11, 24)


def points(id_column: str, ids: list[str], **columns: object) -> gpd.GeoDataFrame:
    places = [Point(4 + k / 100, 52) for k in range(len(ids))]
    return gpd.GeoDataFrame({id_column: ids, **columns}, geometry=places, crs=4326)


def sites() -> gpd.GeoDataFrame:
    return points("site_id", ["a", "b", "c", "d"], residents=[40.0, 50.0, 10.0, np.nan])


def practices() -> gpd.GeoDataFrame:
    return points("practice_id", ["p", "q"], name=["P", "Q"])


def network(*, transit: bool = True, who: Traveller | None = None) -> Network:
    """A street with a gap where the site c lies too far from it, and a bus that nobody needs."""
    ends = [(3.999, 52.0), (4.0115, 52.0), (4.0285, 52.0), (4.04, 52.0)]
    streets = make_streets(ends, [(0, 1, 85_600, 0, 15), (2, 3, 78_800, 0, 15)])
    streets = replace(streets, notes=("1 street was short",))
    trip = Trip((0, 1), (60, 90), (60, 90), "T", "R", (True, True), (True, True))
    rides = replace(make_timetable(ends[:2], [trip]), date=DAY, notes=("2 stops were misplaced",))
    made = build_network(streets, rides if transit else None, who or Traveller())
    return replace(made, notes=("3 islands were set aside",))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Replace routing by three fixed trips; holds what was asked of it."""
    said: dict[str, object] = {}

    def travel_times(*_tables: object, **options: object) -> pd.DataFrame:
        said.update(options)
        table = pd.DataFrame({"site_id": ["a", "b", "b"], "practice_id": ["p", "p", "q"]})
        for percentile in np.atleast_1d(options["percentiles"]):
            table[f"minutes_p{percentile:g}"] = [30.0, 50.0, 40.0]
        return table

    monkeypatch.setattr(study_module, "travel_times", travel_times)
    return said


def test_defaults_are_enough(asked) -> None:
    result = Study(sites(), practices(), network()).measure()
    assert asked == {
        "window": ("08:00", "10:00"),
        "percentiles": (10.0, 50.0, 90.0),
        "workers": None,
    }
    assert list(result.sites["reason"]) == [
        "within_norm",
        "beyond_norm",
        "not_linked",
        "no_connection",
    ]
    assert asdict(result.totals) == {
        "sites": 4,
        "sites_beyond": 3,
        "sites_unknown_residents": 1,
        "residents": 100.0,
        "residents_beyond": 60.0,
        "share_beyond": 0.6,
    }
    assert list(result.practices["snap_m"]) == pytest.approx([0, 0], abs=1)
    assert len(result.areas) == 0
    assert (result.context.date, result.context.transit) == (DAY, True)
    assert result.context.versions["numpy"] == np.__version__
    assert "60 of 100 residents beyond 30 minutes" in repr(result)


def test_areas_notes_and_the_percentile_of_the_norm(asked) -> None:
    areas = gpd.GeoDataFrame(
        {"area_id": ["x"], "name": ["X"]}, geometry=[box(3.9, 51, 4.015, 53)], crs=4326
    )
    areas.attrs["notes"] = ["1 polygon was repaired"]
    houses = sites()
    houses.attrs["notes"] = ["lon/lat was told from the values"]
    result = Study(
        houses, practices(), network(), areas=areas, norm=Norm(45, 75), notes=("said before",)
    ).measure()
    assert asked["percentiles"] == (10.0, 50.0, 75.0, 90.0)
    assert list(result.areas["area_id"]) == ["x", "-"]
    assert list(result.areas["residents_beyond"]) == [0.0, 10.0]
    said = " ".join(result.context.warnings)
    for note in ("said before", "told from the values", "polygon was", "street was", "stops were"):
        assert note in said
    for note in ("islands were", "not linked: c", "outside every area: c, d", "unknown number"):
        assert note in said
    assert "visits are judged with the rides of 2026-11-24 on every day" in said


def test_one_day_for_the_whole_week_is_said(asked) -> None:
    one = Study(sites(), practices(), network()).measure().context.warnings
    assert f"the rides of {DAY} on every day" in " ".join(one)
    week = Study(sites(), practices(), network(), week=(network(),) * 7).measure().context.warnings
    assert "on every day" not in " ".join(week)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("week", (None,) * 6), ("week", "net"), ("groups", [1]), ("profile", "kas"), ("care", "apotheek"),
        ("measures", "2sfca"), ("failing", 0.5),
    ],
)  # fmt: skip
def test_what_is_given_as_something_else_is_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(ProjectError) as caught:
        Study(sites(), practices(), network(), **{key: value})
    assert [fault.key for fault in caught.value.faults] == [key]


def test_groups_made_by_hand_need_their_columns_and_their_sites(asked) -> None:
    with pytest.raises(TableError, match="the table of groups lacks column 'share'"):
        Study(sites(), practices(), network(), groups=pd.DataFrame({"site_id": ["a"]})).measure()
    elsewhere = default_groups(["elsewhere"])
    result = Study(sites(), practices(), network(), groups=elsewhere).measure()
    assert "Groups of 1 other site left out: elsewhere." in " ".join(result.context.warnings)


@pytest.mark.parametrize("column", ["fte", "listed_patients"])
def test_numbers_of_practices_that_are_none_are_told_by_row(column: str) -> None:
    wrong = practices().assign(**{column: ["veel", -1.0]})
    with pytest.raises(TableError, match=f"no number of {column}") as caught:
        Study(sites(), wrong, network())
    assert [fault.row for fault in caught.value.faults] == [0, 1]


def test_a_surface_needs_no_practice_for_everybody(asked) -> None:
    some = practices().assign(serves="a")
    result = Study(sites(), some, network(), cell_m=500).measure()
    assert result.surface["practice_id"].isna().all()
    assert result.surface["minutes_p50"].eq(float("inf")).all()


def test_inputs_are_unchanged(asked) -> None:
    houses, doctors = sites(), practices()
    Study(houses, doctors, network()).measure()
    assert_geodataframe_equal(houses, sites())
    assert_geodataframe_equal(doctors, practices())


def test_walking_only_says_so_and_takes_the_day_given(asked) -> None:
    result = Study(sites(), practices(), network(transit=False), when=When(date=DAY)).measure()
    assert (result.context.transit, result.context.date) == (False, DAY)
    assert any("only walking was possible" in note for note in result.context.warnings)
    study = Study(sites(), practices(), network(transit=False))
    assert study.date == dt.date.today()


def test_a_traveller_who_makes_no_rides_walks_whatever_the_timetable(asked) -> None:
    on_foot = network(who=Traveller(max_rides=0))
    context = Study(sites(), practices(), on_foot).measure().context
    assert not context.transit
    assert any("max_rides = 0" in note for note in context.warnings)
    assert not any("on every day" in note for note in context.warnings)


def test_a_week_of_its_own_is_no_assumption(asked) -> None:
    rides = network()
    context = Study(sites(), practices(), rides, week=(rides,) * 7).measure().context
    assert not any("on every day" in note for note in context.warnings)


def test_what_does_not_fit_is_refused_at_once() -> None:
    with pytest.raises(ProjectError) as caught:
        Study(
            sites(),
            practices(),
            network(),
            norm=Norm(150),
            when=When(date=dt.date(2026, 11, 25)),
            language="de",
        )
    assert [fault.key for fault in caught.value.faults] == [
        "norm.max_minutes",
        "language",
        "when.date",
    ]
    with pytest.raises(TableError, match="lacks column 'site_id'"):
        Study(practices(), practices(), network())
    with pytest.raises(TableError, match="duplicate id"):
        Study(pd.concat([sites(), sites()]), practices(), network())
    with pytest.raises(TableError, match="lacks column 'area_id'"):
        Study(sites(), practices(), network(), areas=sites())


def test_the_ways_out_are_looked_up_when_called(asked, monkeypatch, tmp_path) -> None:
    result = Study(sites(), practices(), network()).measure()
    called = []

    def room(name: str, answer: object) -> SimpleNamespace:
        return SimpleNamespace(**{name: lambda *given: called.append(given) or answer})

    rooms = {
        "geoaccess.present.map": room("make_map", "map"),
        "geoaccess.present.figure": room("make_figure", "figure"),
        "geoaccess.present.outputs": room("write_outputs", [tmp_path / "sites.csv"]),
    }
    monkeypatch.setattr(result_module.importlib, "import_module", rooms.__getitem__)
    assert (result.map(), result.explore("OSM"), result.figure()) == ("map", "map", "figure")
    assert result.write(tmp_path) == [tmp_path / "sites.csv"]
    assert called == [(result, None), (result, "OSM"), (result,), (result, tmp_path, None)]


def test_a_record_of_a_run_is_plain_json(asked) -> None:
    study = Study(sites().assign(residents=np.nan), practices(), network(), title="Łódź")
    record = run_record(study, study.measure(), [{"what": "sites"}], {"measuring": 0.1}, ["x.csv"])
    text = as_json(record)
    assert text.isascii()
    read = json.loads(text)
    assert read["project"] == "Łódź"
    assert read["totals"]["share_beyond"] is None
    rows = {
        "sites": 4,
        "practices": 2,
        "areas": 0,
        "travel_times": 3,
        "cells": 0,
        "street_segments": 2,
        "stops": 2,
        "trips": 1,
    }
    assert rows.items() <= read["rows"].items()
    assert read["parameters"]["traveller"]["walk_kmh"] == 4.5
    assert read["parameters"]["when"] == {"date": "2026-11-24", "window": ["08:00", "10:00"]}
    assert {"seconds", "versions", "warnings", "peak_memory_mb", "inputs", "outputs"} <= set(read)
