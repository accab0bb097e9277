"""Write the demo as ordinary input files, byte for byte the same on every run."""

from __future__ import annotations

import csv
import io
import json
import logging
import zipfile
from collections.abc import Iterable
from pathlib import Path

from geoaccess.demo.areas import inhabitants, outlines
from geoaccess.demo.feed import feed_texts
from geoaccess.demo.groups import groups
from geoaccess.demo.people import Site, sites
from geoaccess.demo.places import CENTRES, LABEL, PLACES
from geoaccess.demo.plane import Point, to_lonlat
from geoaccess.demo.practices import practices
from geoaccess.demo.project_text import PROJECT
from geoaccess.demo.roads import road_lines
from geoaccess.demo.streets import Way, draw_streets

logger = logging.getLogger(__name__)

FIRST_WAY_ID = 1_000_001
#: zip members carry a date; this one says nothing
ZIP_DATE = (2026, 11, 1, 0, 0, 0)


def write_demo(folder: str | Path) -> Path:
    """Write the made-up region as input files of a project.

    Parameters
    ----------
    folder : where to write; made if absent, files of the same names are replaced.

    Returns
    -------
    Path
        the project.toml written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    roads = road_lines()
    ways = draw_streets(roads)
    _write_streets(folder / "streets.osm.pbf", ways)
    _write_zip(folder / "gtfs.zip", feed_texts(roads))
    (folder / "sites.csv").write_bytes(_sites_text(sites(ways)).encode("utf-8-sig"))
    groups_text = _csv_text(groups(), ";", "\r\n")
    (folder / "groups.csv").write_bytes(groups_text.encode("utf-8-sig"))
    (folder / "practices.csv").write_bytes(_practices_text(practices(ways)).encode())
    (folder / "areas.geojson").write_bytes(_areas_text().encode())
    project = folder / "project.toml"
    project.write_bytes(PROJECT.encode())
    logger.info("wrote the demo region to %s: %d ways", folder, len(ways))
    return project


def _write_streets(path: Path, ways: list[Way]) -> None:
    """Write OSM data uncompressed: zlib differs between machines, and the file is small anyhow."""
    import osmium

    node_id: dict[Point, int] = {}
    for way in ways:
        for p in way.points:
            node_id.setdefault(p, len(node_id) + 1)
    header = osmium.io.Header()
    header.set("generator", f"geoaccess demo: {LABEL}")
    file = osmium.io.File(str(path), "pbf,pbf_compression=none,add_metadata=false")
    with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
        for p, number in node_id.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=to_lonlat(*p)))
        for number, row in enumerate(PLACES, len(node_id) + 1):
            kind = "town" if row.radius_m > 600 else "village" if row.radius_m else "locality"
            tags = {"place": kind, "name": row.name, "source": LABEL}
            at = to_lonlat(*CENTRES[row.name])
            writer.add_node(osmium.osm.mutable.Node(id=number, location=at, tags=tags))
        for number, way in enumerate(ways, FIRST_WAY_ID):
            refs = [node_id[p] for p in way.points]
            tags = way.tags | {"source": LABEL}
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))


def _write_zip(path: Path, texts: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            member = zipfile.ZipInfo(name, ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # the default is that of the machine
            member.external_attr = 0o644 << 16
            archive.writestr(member, text.encode(), compresslevel=9)


def _sites_text(rows: Iterable[Site]) -> str:
    """Text as Excel saves it in the Netherlands: semicolons, decimal commas, CR LF."""
    header = ("id", "naam", "soort", "bewoners", "x", "y", "bron")
    body = (
        (row.site_id, row.name, row.kind, row.residents, _comma(row.x), _comma(row.y), LABEL)
        for row in rows
    )
    return _csv_text([header, *body], ";", "\r\n")


def _comma(metres: float) -> str:
    return f"{metres:.1f}".replace(".", ",")


def _practices_text(rows: list[dict[str, object]]) -> str:
    return _csv_text([tuple(rows[0]), *(tuple(row.values()) for row in rows)], ",", "\n")


def _csv_text(rows: Iterable[tuple[object, ...]], delimiter: str, end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def _areas_text() -> str:
    """GeoJSON of the villages and quarters with headers as CBS has them, one feature a line."""
    features = []
    for number, (row, ring) in enumerate(outlines(), 1):
        properties = {
            "wijkcode": f"demo-{number:02d}",
            "wijknaam": row.name,
            "gemeentenaam": row.municipality,
            "aantal_inwoners": inhabitants(row),
            "bron": f"{LABEL}: geen echte grens",
        }
        geometry = {"type": "Polygon", "coordinates": [[_degrees(p) for p in ring]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "name": "{LABEL}", "features": [\n{lines}\n]}}\n'


def _degrees(p: Point) -> list[float]:
    lon, lat = to_lonlat(*p)
    return [round(lon, 5), round(lat, 5)]
