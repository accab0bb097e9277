from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geoaccess.errors import TableError
from geoaccess.load.areas import load_areas
from geoaccess.tables import AREA_COLUMNS, notes

X, Y = 85_000.0, 447_000.0


def square(k: float, size: float = 1000.0) -> Polygon:
    return box(X + k * 1000, Y, X + k * 1000 + size, Y + 1000)


def bow_tie(k: float) -> Polygon:
    x = X + k * 1000
    return Polygon([(x, Y), (x + 900, Y + 900), (x + 900, Y), (x, Y + 900)])


Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def saver(
        columns: dict[str, Any],
        shapes: list[Any],
        name: str = "a.gpkg",
        crs: Any = 28992,
        layer: str | None = None,
    ) -> Path:
        table = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
        if name.endswith(".parquet"):
            table.to_parquet(tmp_path / name)
        else:
            table.to_file(tmp_path / name, **({"layer": layer} if layer else {}))
        return tmp_path / name

    return saver


def noted(table: gpd.GeoDataFrame) -> str:
    return "\n".join(notes(table))


def refused(path: Path, **options: str) -> list[str]:
    with pytest.raises(TableError) as caught:
        load_areas(path, **options)
    return [str(fault) for fault in caught.value.faults]


def test_plain(save: Save) -> None:
    path = save(
        {"code": ["007", "B"], "naam": ["x", None], "n": [-99997, 3]},
        [square(0), square(1)],
        "a.parquet",
    )
    table = load_areas(path)
    assert tuple(table.columns) == AREA_COLUMNS
    assert list(table.area_id) == ["007", "B"]
    assert list(table.name) == ["x", None]
    assert list(table.level) == [None, None]
    assert table.crs.to_epsg() == 4326
    assert table.geometry.iloc[0].centroid.distance(Point(4.3748, 52.0115)) < 0.001
    assert "1 other column" in noted(table)


def test_wijk_en_buurtkaart(save: Save) -> None:
    """Three layers with the headers of CBS: the gemeenten by default, another by its level or name."""
    base = {"water": ["NEE", "JA", "B", "NEE"], "aantal_inwoners": [5, -99997, 0, 9]}
    codes = ["GM0503 ", "GM0503", "GM9999", "GM1783"]
    shapes = [square(0), square(1), square(2), square(3)]
    names = ["Delft", "Delft", "Buitenwater", "Westland"]
    save(base | {"gemeentecode": codes, "gemeentenaam": names}, shapes, layer="gemeenten")
    wijk = {"wijkcode": ["WK050301", "WK050302", "WK050303", "WK178301"], "wijknaam": list("abcd")}
    save(base | wijk | {"gemeentecode": codes, "gemeentenaam": names}, shapes, layer="wijken")
    buurt = {"buurtcode": ["BU1", "BU2", "BU3", "BU4"], "buurtnaam": list("efgh")}
    path = save(
        base | buurt | wijk | {"gemeentecode": codes, "gemeentenaam": names},
        shapes,
        layer="buurten",
    )

    table = load_areas(path)
    assert list(table.area_id) == ["GM0503", "GM1783"]
    assert list(table.name) == ["Delft", "Westland"]
    assert set(table.level) == {"gemeente"}
    assert "Layer 'gemeenten' was read" in noted(table)
    assert "Left out as water: 2 rows" in noted(table)

    assert list(table.inhabitants) == [5, 9]
    assert "municipality" not in table
    assert list(load_areas(path, level="wijk").name) == ["a", "d"]
    assert list(load_areas(path, level="wijk").municipality) == ["Delft", "Westland"]
    table = load_areas(path, layer="buurten")
    assert (list(table.name), set(table.level)) == (["e", "h"], {"buurt"})
    table = load_areas(path, layer="buurten", id_column="gemeentecode")
    assert (list(table.name), set(table.level)) == (["Delft", "Westland"], {"gemeente"})
    assert "no such layer" in refused(path, layer="provincies")[0]
    assert "several layers" in refused(path, level="provincie")[0]


def test_inhabitants(save: Save) -> None:
    """Codes for what is missing are unknown, and so is what the parts of an area do not agree on."""
    ids = ["GM1", "GM2", "GM3", "GM4", "GM4", "GM5", "GM5", "GM0998"]
    people = [1234, -99997, -99995, 7, 7, 7, 8, -5]
    columns = {"gm_code": ids, "gm_naam": [*"abcddee", "Buitenland"], "AANT_INW": people}
    table = load_areas(save(columns, [square(k) for k in range(8)]))
    assert [str(n) for n in table.inhabitants] == ["1234.0", "nan", "nan", "7.0", "nan"]
    assert "Inhabitants are unknown for 3 of 5 areas" in noted(table)
    assert "Missing-value codes" in noted(table)
    faults = refused(save(columns | {"AANT_INW": [-5] * 8}, [square(k) for k in range(8)]))
    assert len(faults) == 7
    assert "negative number of inhabitants" in faults[0]


def test_pdok_gebiedsindelingen(save: Save) -> None:
    columns = {
        "statcode": ["GG7014", "GG5608"],
        "jrstatcode": ["2022GG7014", "x"],
        "statnaam": ["Haaglanden", "y"],
    }
    save({"statcode": ["GG7014"], "statnaam": ["z"]}, [Point(X, Y)], layer="ggdregio_labelpoint")
    path = save(columns | {"id": [1, 2]}, [square(0), square(1)], layer="ggdregio_gegeneraliseerd")
    table = load_areas(path)
    assert list(table.area_id) == ["GG7014", "GG5608"]
    assert list(table.name) == ["Haaglanden", "y"]
    assert set(table.level) == {"ggd-regio"}


def test_junk_and_repairs_are_told(save: Save) -> None:
    path = save(
        {
            "statcode": ["GM0998", "GM0001", "GM0002", "GM0003"],
            "statnaam": ["Buitenland", "a", "b", "c"],
        },
        [square(0), bow_tie(1), None, MultiPolygon([square(3), square(3.5)])],
    )
    table = load_areas(path)
    assert list(table.area_id) == ["GM0001", "GM0003"]
    assert table.is_valid.all()
    assert table.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert "1 row (GM0998)" in noted(table)
    assert "without geometry: 1 row (GM0002)" in noted(table)
    assert "2 invalid geometries (GM0001, GM0003)" in noted(table)


def test_parts_are_joined_and_repeated_ids_are_faults(save: Save) -> None:
    table = load_areas(
        save({"id": ["A", "B", "A"], "naam": ["a", "b", "a"]}, [square(0), square(1), square(5)])
    )
    assert list(table.area_id) == ["A", "B"]
    assert table.geometry.iloc[0].geom_type == "MultiPolygon"
    assert "1 area (A)" in noted(table)
    for naam, other in (("x", square(5)), ("a", square(0.5))):
        (fault,) = refused(
            save({"id": ["A", "A"], "naam": ["a", naam]}, [square(0), other], "b.gpkg")
        )
        assert "duplicate id, first used in row 1" in fault


def test_faults(save: Save) -> None:
    shapes = [
        square(0),
        LineString([(X, Y), (X + 9, Y)]),
        square(2),
        Polygon([(X, Y), (X + 9, Y), (X, Y)]),
    ]
    faults = refused(save({"id": [None, "B", "-99997", "D"]}, shapes))
    assert [fault.split(":")[0].split(", ")[1] for fault in faults] == [
        "row 1",
        "row 2",
        "row 3",
        "row 4",
    ]
    assert "no polygons in this file" in refused(save({"id": ["A"]}, [Point(X, Y)], "b.gpkg"))[0]
    assert "the columns found are 'x'" in refused(save({"x": ["A"]}, [square(0)], "c.gpkg"))[0]
    assert (
        "no such column" in refused(save({"id": ["A"]}, [square(0)], "d.gpkg"), id_column="code")[0]
    )


def test_swapped_and_stated_systems(save: Save) -> None:
    flipped = [box(52.0, 4.3, 52.1, 4.4)]
    assert "all coordinates are swapped" in refused(save({"id": ["A"]}, flipped, crs=4326))[0]
    path = save({"id": ["A"]}, [square(0)], "b.parquet", crs=None)
    assert load_areas(path).geometry.iloc[0].bounds[0] == pytest.approx(4.367, abs=0.01)
    assert "which was stated" in refused(path, crs="EPSG:4326")[0]
    assert load_areas(path, crs="EPSG:28992").crs.to_epsg() == 4326


def test_tables_and_unknown_files(tmp_path: Path) -> None:
    for name, problem in (
        ("a.csv", "holds no polygons"),
        ("a.zip", "unpack"),
        ("a.xyz", "unknown file type"),
    ):
        (tmp_path / name).write_text("id,lon,lat\nA,4,52\n", encoding="utf-8")
        assert problem in refused(tmp_path / name)[0]


def test_gemeenten(shared: Path) -> None:
    table = load_areas(shared / "nl_gemeenten" / "gemeenten_2022.geojson")
    assert len(table) == 345
    assert set(table.level) == {"gemeente"}
    assert table.set_index("area_id").name["GM1783"] == "Westland"
    assert table.is_valid.all()
    assert table.area_id.is_unique
    assert "GM0998" in noted(table)
    assert "7 invalid geometries" in noted(table)
