from __future__ import annotations

import bz2
import gzip
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import geoaccess.load.osm as osm_module
from geoaccess.errors import StreetsError
from geoaccess.load.access_rules import RULE_KEYS
from geoaccess.load.osm import load_streets
from geoaccess.load.streets import FERRY, MINOR, PATH, Streets

Nodes = dict[int, tuple[float, float]]
Ways = list[tuple[list[int], dict[str, str]]]

NODES: Nodes = {k: (4.2 + 0.001 * k, 52.0) for k in range(1, 10)}
STREET = {"highway": "residential"}


def xml(nodes: Nodes, ways: Ways, extra: str = "") -> str:
    parts = [f'<node id="{k}" lon="{lon}" lat="{lat}"/>' for k, (lon, lat) in nodes.items()]
    for number, (refs, tags) in enumerate(ways, start=1):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inner += "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
        parts.append(f'<way id="{number}">{inner}</way>')
    return f'<osm version="0.6">{extra}{"".join(parts)}</osm>'


def streets_of(tmp_path: Path, ways: Ways, nodes: Nodes = NODES) -> Streets:
    file = tmp_path / "some.osm"
    file.write_text(xml(nodes, ways), encoding="utf-8")
    return load_streets(file)


def as_columns(streets: Streets) -> list[list[float]]:
    names = [
        "node_id",
        "lon",
        "lat",
        "segment_from",
        "segment_to",
        "length_cm",
        "fixed_s",
        "access",
        "kind",
    ]
    return [getattr(streets, name).tolist() for name in names]


def rows(streets: Streets) -> list[tuple[int, int, int]]:
    ids = streets.node_id
    return list(
        zip(
            ids[streets.segment_from].tolist(),
            ids[streets.segment_to].tolist(),
            streets.access.tolist(),
            strict=True,
        )
    )


def test_segments_of_ways(tmp_path: Path) -> None:
    streets = streets_of(
        tmp_path,
        [
            ([1, 2, 3], STREET),
            ([5, 4, 3], {"highway": "residential", "oneway": "yes"}),
            ([3, 6], {"highway": "footway"}),
            ([6, 7], {"highway": "motorway"}),
            ([7, 8], {"building": "yes"}),
            ([7, 8], {"railway": "rail"}),
        ],
    )
    assert rows(streets) == [(1, 2, 15), (2, 3, 15), (3, 4, 11), (3, 6, 3), (4, 5, 11)]
    assert streets.lon.tolist() == [4.201, 4.202, 4.203, 4.204, 4.205, 4.206]
    assert streets.length_cm.tolist() == [6846, 6846, 6846, 20538, 6846]
    assert streets.kind.tolist() == [MINOR, MINOR, MINOR, PATH, MINOR]
    assert streets.source == "some.osm"
    assert streets.notes == ("Closed to walkers and cyclists, so left out: 1 of 4 ways.",)


def test_two_ways_over_the_same_nodes_are_one_segment(tmp_path: Path) -> None:
    streets = streets_of(
        tmp_path,
        [([1, 2], {"highway": "footway"}), ([2, 1], {"highway": "cycleway", "oneway": "yes"})],
    )
    assert rows(streets) == [(1, 2, 3 | 8)]


def test_a_way_is_split_where_the_extract_was_cut(tmp_path: Path) -> None:
    ways: Ways = [([1, 2, 77, 3, 4], STREET), ([88, 5, 6], STREET), ([6, 99], STREET)]
    streets = streets_of(tmp_path, ways)
    assert [row[:2] for row in rows(streets)] == [(1, 2), (3, 4), (5, 6)]
    assert streets.notes == (
        "Split where nodes are not in the file (the extract was cut there): 3 of 3 ways.",
        "Left out for having fewer than two nodes in the file: 1 of 3 ways.",
    )


def test_the_outline_of_an_area_is_walked(tmp_path: Path) -> None:
    square = {"highway": "pedestrian", "area": "yes"}
    assert len(rows(streets_of(tmp_path, [([1, 2, 3, 1], square)]))) == 3


def test_a_ferry(tmp_path: Path) -> None:
    ferry = {"route": "ferry", "duration": "00:05"}
    streets = streets_of(
        tmp_path, [([1, 2, 4], ferry), ([4, 5], STREET), ([5, 9], {"route": "ferry"})]
    )
    assert streets.kind.tolist() == [FERRY, FERRY, MINOR, FERRY]
    assert streets.fixed_s.tolist() == [100, 200, 0, 99]
    assert streets.length_cm.tolist() == [0, 0, 6846, 0]
    assert streets.notes == ("Ferries without a readable duration, taken to sail at 10 km/h: 1.",)


def test_conditions_in_time_are_said_to_be_ignored(tmp_path: Path) -> None:
    tags = {"highway": "path", "access:conditional": "no @ (22:00-06:00)"}
    assert streets_of(tmp_path, [([1, 2], tags)]).notes == (
        "Open or closed depending on the time, which is ignored: 1 of 1 ways.",
    )


@pytest.mark.parametrize(
    "name", ["a.osm", "a.osm.gz", "a.osm.bz2", "a.osm.pbf", "A.OSM.PBF", "a.pbf"]
)
def test_every_format_gives_the_same_streets(tmp_path: Path, name: str) -> None:
    text = xml(NODES, [([1, 2, 3], STREET), ([3, 4], {"highway": "steps", "name": "Hôge €"})])
    plain = tmp_path / "plain.osm"
    plain.write_text(text, encoding="utf-8")
    file = tmp_path / name
    if name.lower().endswith("pbf"):
        with osmium.SimpleWriter(osmium.io.File(str(file), "pbf")) as writer:
            osmium.apply(str(plain), writer)
    else:
        pack = {"gz": gzip.compress, "bz2": bz2.compress}.get(name.rsplit(".", 1)[1], bytes)
        file.write_bytes(pack(text.encode()))
    assert as_columns(load_streets(str(file))) == as_columns(load_streets(plain))


def test_ways_may_stand_before_their_nodes(tmp_path: Path) -> None:
    text = xml(NODES, [([1, 2], STREET)])
    way = text[text.index("<way") : text.index("</osm>")]
    turned = tmp_path / "overpass.osm"
    turned.write_text(text.replace(way, "").replace('version="0.6">', f'version="0.6">{way}'))
    assert rows(load_streets(turned)) == [(1, 2, 15)]


def test_new_nodes_have_negative_ids(tmp_path: Path) -> None:
    nodes = {-1: (4.2, 52.0), -2: (4.201, 52.0), 7: (4.202, 52.0)}
    streets = streets_of(tmp_path, [([-1, -2, 7, -3], STREET)], nodes)
    assert [row[:2] for row in rows(streets)] == [(-2, -1), (-2, 7)]


def test_deleted_ways_are_no_streets(tmp_path: Path) -> None:
    file = tmp_path / "a.osm"
    text = xml(NODES, [([1, 2], STREET), ([2, 3], STREET)])
    file.write_text(text.replace('<way id="2">', '<way id="2" visible="false">'))
    assert rows(load_streets(file)) == [(1, 2, 15)]


def _message(source: object, **options: str) -> str:
    with pytest.raises(StreetsError) as caught:
        load_streets(source, **options)  # type: ignore[arg-type]
    assert all(fault.remedy for fault in caught.value.faults)
    return str(caught.value)


GOOD = xml(NODES, [([1, 2, 3], STREET)]).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm", b""),
        ("empty.pbf", b""),
        ("empty.osm.gz", b""),
        ("empty.osm.bz2", b""),
        ("empty.graphml", b""),
        ("text.osm.pbf", b"site_id;name\nS1;Maasdijk\n"),
        ("text.osm", b"hello"),
        ("text.osm.bz2", b"hello"),
        ("text.graphml", b"hello"),
        ("xml.pbf", GOOD),
        ("zipped.osm", gzip.compress(GOOD)),
        ("cut.osm", GOOD[:-40]),
        ("cut.osm.gz", gzip.compress(GOOD)[:-20]),
        ("cut.osm.bz2", bz2.compress(GOOD)[:-5]),
        ("gpx.osm", b"<gpx></gpx>"),
        ("entities.osm", b'<!DOCTYPE osm [<!ENTITY a "aaa">]><osm version="0.6">&a;</osm>'),
        ("latitude.osm", GOOD.replace(b'lat="52.0"', b'lat="514.2"', 1)),
        ("reference.osm", GOOD.replace(b'ref="2"', b'ref="two"')),
        ("streets.zip", b"PK\x03\x04"),
        ("streets.gpkg", b""),
        ("streets", GOOD),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert name in _message(file)


@pytest.mark.parametrize("share", [0.05, 0.4, 0.7, 0.99])
def test_a_cut_pbf(tmp_path: Path, share: float) -> None:
    plain, whole, cut = tmp_path / "a.osm", tmp_path / "a.osm.pbf", tmp_path / "cut.osm.pbf"
    plain.write_bytes(GOOD)
    with osmium.SimpleWriter(str(whole)) as writer:
        osmium.apply(str(plain), writer)
    content = whole.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    assert "cut.osm.pbf" in _message(cut)


def test_a_file_without_streets(tmp_path: Path) -> None:
    for ways in ([], [([1, 2], {"highway": "motorway"})], [([1, 2], {"railway": "rail"})]):
        file = tmp_path / "none.osm"
        file.write_text(xml(NODES, ways))
        assert "no street" in _message(file)
    file.write_text(xml({}, [([1, 2], STREET)]))
    assert "no street" in _message(file)


def test_a_node_beyond_the_pole_is_named(tmp_path: Path) -> None:
    file = tmp_path / "pole.osm"
    file.write_text(xml({**NODES, 2: (4.2, 95.0)}, [([1, 2], STREET)]))
    assert "node 2 is not on earth" in _message(file)


def test_a_history_file_is_refused(tmp_path: Path) -> None:
    plain, history = tmp_path / "a.osm", tmp_path / "a.osh.pbf"
    plain.write_bytes(GOOD)
    with osmium.SimpleWriter(osmium.io.File(str(history), "osh.pbf")) as writer:
        osmium.apply(str(plain), writer)
    assert "every version" in _message(history)


def test_sources_that_are_none(tmp_path: Path) -> None:
    assert "no such file" in _message(tmp_path / "nowhere.osm.pbf")
    assert "folder" in _message(tmp_path)
    assert "exactly one" in _message(None)
    assert "exactly one" in _message("a.osm", place="Delft")
    assert "networkx" in _message(42)
    assert "name" in _message(None, place="  ")


RANDOM_WAYS = st.lists(
    st.tuples(
        st.lists(st.integers(1, 12), max_size=6),
        st.dictionaries(
            st.sampled_from(RULE_KEYS),
            st.sampled_from(
                ["yes", "no", "ferry", "platform", "path", "trunk", "00:07", "&<\"'é", ""]
            ),
            max_size=5,
        ),
    ),
    max_size=6,
)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ways=RANDOM_WAYS)
def test_any_ways_load(tmp_path: Path, ways: Ways) -> None:
    """Ways without rules give no street; the good street is found whatever stands beside it."""
    streets = streets_of(tmp_path, [([1, 2], STREET), *ways])
    assert (1, 2) in {row[:2] for row in rows(streets)}
    drawn = {tuple(sorted(pair)) for refs, _ in ways for pair in pairwise(refs)} | {(1, 2)}
    assert {row[:2] for row in rows(streets)} <= drawn


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ways=RANDOM_WAYS, random=st.randoms(use_true_random=False))
def test_the_order_in_the_file_is_irrelevant(tmp_path: Path, ways: Ways, random: object) -> None:
    ways = [(refs, {**tags, "route": "road"}) for refs, tags in ways] + [([1, 2], STREET)]
    first = streets_of(tmp_path, ways)
    random.shuffle(ways)  # type: ignore[attr-defined]
    ways = [(refs, dict(reversed(tags.items()))) for refs, tags in ways]
    assert as_columns(streets_of(tmp_path, ways)) == as_columns(first)


def _main_share(streets: Streets) -> float:
    walked = (streets.access & 3) > 0
    ends = streets.segment_from[walked], streets.segment_to[walked]
    n = len(streets.lon)
    _, label = connected_components(coo_array((np.ones(walked.sum()), ends), shape=(n, n)), False)
    return float(np.bincount(label).max() / len(np.union1d(*ends)))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "nodes", "kilometres", "share"),
    [
        ("newport_uk/newport-2023-06-13.osm.pbf", 46_000, 940, 0.97),
        ("poa_brazil/poa_osm.pbf", 38_600, 1870, 0.98),
        ("porto_streets/porto.osm.pbf", 324_500, 9930, 0.95),
        ("grid_region/grid.osm.pbf", 99_853, 18_785, 0.99),
    ],
)
def test_real_extracts(
    shared: Path, file: str, nodes: int, kilometres: float, share: float
) -> None:
    streets = load_streets(shared / file)
    assert len(streets.lon) == pytest.approx(nodes, rel=0.02)
    assert streets.length_cm.sum() / 1e5 == pytest.approx(kilometres, rel=0.02)
    assert _main_share(streets) > share
    assert (streets.length_cm >= 1).all()
    assert ((streets.access & 3) > 0).mean() > 0.95


@pytest.mark.shared
def test_an_extract_cut_to_pieces(shared: Path) -> None:
    streets = load_streets(shared / "delft_htm/delft-station.pbf")
    assert len(streets.lon) == pytest.approx(158, abs=20)
    assert any("fewer than two nodes" in note for note in streets.notes)


def test_osmium_is_not_loaded_with_the_module() -> None:
    assert not hasattr(osm_module, "osmium")
