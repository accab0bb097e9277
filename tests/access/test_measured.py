import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geoaccess.access import catchment
from geoaccess.access import raam as raam_module
from geoaccess.access.catchment import ConservationError
from geoaccess.access.measured import (
    KNOWN,
    Measured,
    Measures,
    catchment_table,
    competing_areas,
)
from geoaccess.errors import ProjectError


def test_names_are_those_of_the_measures_in_the_order_asked_for() -> None:
    assert Measures().names == ()
    assert Measures(KNOWN[::-1]).names == KNOWN[::-1]
    assert Measures("RAAM").names == ("raam",)


def test_every_wrong_name_is_told_with_the_nearest() -> None:
    with pytest.raises(ProjectError) as caught:
        Measures(("2sfc", "raam", "distance", "raam", "Spatial availability"))
    assert [(fault.key, fault.value, fault.remedy) for fault in caught.value.faults] == [
        ("measures.catchment", "2sfc", "did you mean '2sfca'?"),
        ("measures.catchment", "distance", f"known here are: {', '.join(KNOWN)}"),
        ("measures.catchment", "spatial availability", "did you mean 'spatial_availability'?"),
        ("measures.catchment", "raam", None),
    ]


SITES = pd.DataFrame({"site_id": ["a", "b", "c"], "residents": [100.0, 50.0, math.nan]})
PRACTICES = pd.DataFrame({"practice_id": ["p", "q"], "fte": [3.0, 2.0]})
#: the area has the id of a site, which is another place
AREAS = gpd.GeoDataFrame(
    {"area_id": ["a", "town", "none"], "level": "buurt", "inhabitants": [850.0, 200.0, math.nan]},
    geometry=[shapely.box(x, 52, x + 0.01, 52.01) for x in (4.0, 4.1, 4.2)],
    crs=4326,
)


def times_of(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "practice_id", "minutes_p50"])


TIMES = times_of(("a", "p", 10), ("a", "q", 25), ("b", "q", 20), ("c", "p", 5), ("a", "t", 1))
FROM_AREAS = times_of(("a", "q", 12), ("none", "p", 3))
ALL = Measures(KNOWN)


def with_areas(measures: Measures = ALL, practices: pd.DataFrame = PRACTICES, **more) -> Measured:
    points = competing_areas(AREAS, measures)
    return catchment_table(
        SITES, practices, TIMES, measures, inhabited=points, inhabited_times=FROM_AREAS, **more
    )


def test_inhabitants_and_residents_are_one_demand_by_hand() -> None:
    """100 of site a want p, 100 + 50 + the 850 of area a want q: R = 3/100 and 2/1000."""
    found = with_areas(Measures(("2sfca", "e2sfca")))
    assert found.access["site_id"].tolist() == ["a", "b", "c"]
    assert found.access["2sfca"].tolist() == pytest.approx([0.032, 0.002, 0.03])
    # q: 100 x .22 + 50 x .68 + 850 x .68 = 634
    enhanced = [0.03 + 0.22 * 2 / 634, 0.68 * 2 / 634, 0.03]
    assert found.access["e2sfca"].tolist() == pytest.approx(enhanced)
    assert found.areas["area_id"].tolist() == ["a", "town", "none"]
    assert found.areas["2sfca"].tolist() == pytest.approx([0.002, 0, 0.03])
    assert found.parameters["measure"].tolist() == ["2sfca", "e2sfca"]
    said = " ".join(found.notes)
    for part in (
        "1,050 inhabitants of 3 areas (buurt) compete",
        "most are not registered",
        "Residents of 1 site are unknown and count as no demand: c.",
        "Inhabitants of 1 area are unknown and count as none: none.",
        "1 area with 200 inhabitants, who compete for none: town.",
    ):
        assert part in said


def test_every_measure_has_a_column_and_everyone_a_value() -> None:
    found = with_areas()
    assert found.access.columns.tolist() == ["site_id", *KNOWN]
    assert found.access.notna().all(axis=None)
    assert len(found.access) == len(SITES)
    assert found.areas["raam"].tolist()[1] == math.inf
    assert found.parameters.notna().all(axis=None)


def test_without_inhabitants_only_residents_compete_and_that_is_said() -> None:
    found = catchment_table(SITES, PRACTICES, TIMES, Measures("2sfca"))
    assert found.access["2sfca"].tolist() == pytest.approx([0.03 + 2 / 150, 2 / 150, 0.03])
    assert found.areas.empty
    assert "only the residents of sites compete" in " ".join(found.notes)


def test_unknown_fte_is_no_supply_and_none_at_all_is_no_number() -> None:
    some = PRACTICES.assign(fte=[3.0, math.nan])
    found = catchment_table(SITES, some, TIMES, Measures("2sfca"))
    assert found.access["2sfca"].tolist() == pytest.approx([0.03, 0, 0.03])
    assert "Supply of 1 practices is unknown and counts as none: q." in found.notes
    for bare in (PRACTICES.drop(columns="fte"), PRACTICES.assign(fte=math.nan)):
        found = catchment_table(SITES, bare, TIMES, ALL)
        assert found.access[list(KNOWN)].isna().all(axis=None)
        assert "The fte of no practice is known" in " ".join(found.notes)


def test_practices_for_some_or_at_work_are_no_supply_for_the_others() -> None:
    groups = pd.DataFrame({"site_id": ["a", "b", "c", "c"], "group_id": ["1", "1", "1", "2"]})
    for_b = PRACTICES.assign(serves=["c/1", "b"])
    found = with_areas(Measures("2sfca"), for_b, groups=groups)
    assert found.access["2sfca"].tolist() == pytest.approx([0, 2 / 50, 0])
    assert found.areas["2sfca"].tolist() == [0, 0, 0]
    at_work = PRACTICES.assign(at_work=[True, None])
    found = with_areas(Measures("2sfca"), at_work)
    assert found.access["2sfca"].tolist() == pytest.approx([0.002, 0.002, 0])
    assert "no supply that is travelled to: p" in " ".join(found.notes)


def test_areas_of_one_level_only_compete_from_a_point_inside() -> None:
    town = AREAS.iloc[[0]].assign(area_id="GM1", level="gemeente", inhabitants=1050.0)
    points = competing_areas(pd.concat([town, AREAS]), ALL)
    assert points is not None
    assert points["site_id"].tolist() == AREAS["area_id"].tolist()
    assert points.geometry.within(AREAS.geometry.reset_index(drop=True)).all()
    assert points.crs == AREAS.crs
    assert competing_areas(AREAS.drop(columns="level"), ALL) is not None
    for nothing in (
        competing_areas(None, ALL),
        competing_areas(AREAS, Measures()),
        competing_areas(AREAS, Measures("raam", inhabitants=False)),
        competing_areas(AREAS.drop(columns="inhabitants"), ALL),
        competing_areas(AREAS.assign(inhabitants=math.nan), ALL),
    ):
        assert nothing is None


def test_inhabitants_start_at_the_junction_in_the_middle_of_those_of_their_area() -> None:
    """One far in the fields does not draw the middle of a village away; an area without streets keeps a point."""
    village = np.array([(4.001, 52.001), (4.002, 52.001), (4.002, 52.002), (4.0025, 52.001)])
    junctions = np.vstack([[(4.009, 52.009), (4.3, 52.3)], village, [(4.105, 52.003)]])
    before = junctions.copy()
    points = competing_areas(AREAS, ALL, junctions)
    assert points is not None
    assert points["at_junction"].tolist() == [True, True, False]
    assert (points.geometry.x[0], points.geometry.y[0]) == (4.002, 52.001)
    assert (points.geometry.x[1], points.geometry.y[1]) == (4.105, 52.003)
    assert points.geometry[2].within(AREAS.geometry[2])
    assert (junctions == before).all()
    found = catchment_table(
        SITES, PRACTICES, TIMES, ALL, inhabited=points, inhabited_times=FROM_AREAS
    )
    said = " ".join(found.notes)
    assert "the street junction in the middle of its junctions (in none, where no streets" in said
    nowhere = competing_areas(AREAS, ALL, np.empty((0, 2)))
    assert nowhere is not None
    assert not nowhere["at_junction"].any()


@pytest.mark.parametrize("name", KNOWN)
def test_supply_that_is_lost_stops_every_measure(monkeypatch, name) -> None:
    right = catchment._ratio
    monkeypatch.setattr(catchment, "_ratio", lambda *given: right(*given) * (1 - 1e-8))
    balance = raam_module._equilibrium
    monkeypatch.setattr(
        raam_module, "_equilibrium", lambda *given: (balance(*given)[0] * (1 - 1e-8), 0.0)
    )
    if name == "bfca":
        divided = catchment._divided
        monkeypatch.setattr(catchment, "_divided", lambda *given: divided(*given) * (1 - 1e-8))
    with pytest.raises(ConservationError):
        with_areas(Measures(name))
