"""Every rule of the table in geoaccess.load.access_rules is one row here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.load import access_rules
from geoaccess.load.access_rules import LONGEST_FERRY_S, RULE_KEYS, parse_duration, way_use
from geoaccess.load.streets import FERRY, MAIN, MINOR, PATH

BOTH, FORWARD, BACKWARD, NO = "both", "forward", "backward", "no"


def _tags(text: str) -> dict[str, str]:
    return dict(tag.split("=", 1) for tag in text.split())


def _directions(access: int, forward: int) -> str:
    return {0: NO, 1: FORWARD, 2: BACKWARD, 3: BOTH}[(access // forward) & 3]


def walk_and_cycle(text: str) -> tuple[str, str]:
    access = way_use(_tags(text)).access
    return _directions(access, 1), _directions(access, 4)


# tags, who walks, who cycles
RULES: list[tuple[str, str, str]] = [
    # what a highway is by itself
    ("highway=primary", BOTH, BOTH),
    ("highway=primary_link", BOTH, BOTH),
    ("highway=secondary", BOTH, BOTH),
    ("highway=secondary_link", BOTH, BOTH),
    ("highway=tertiary", BOTH, BOTH),
    ("highway=tertiary_link", BOTH, BOTH),
    ("highway=unclassified", BOTH, BOTH),
    ("highway=residential", BOTH, BOTH),
    ("highway=living_street", BOTH, BOTH),
    ("highway=service", BOTH, BOTH),
    ("highway=road", BOTH, BOTH),
    ("highway=track", BOTH, BOTH),
    ("highway=path", BOTH, BOTH),
    ("highway=cycleway", BOTH, BOTH),
    ("highway=footway", BOTH, NO),
    ("highway=pedestrian", BOTH, NO),
    ("highway=bridleway", BOTH, NO),
    ("highway=platform", BOTH, NO),
    ("highway=corridor indoor=yes", BOTH, NO),
    ("highway=footway indoor=yes", BOTH, NO),
    ("highway=crossing", BOTH, NO),
    ("highway=elevator", BOTH, NO),
    ("highway=steps", BOTH, NO),
    ("highway=steps bicycle=yes", BOTH, NO),
    ("highway=escalator", BOTH, NO),
    ("highway=conveyor", BOTH, NO),
    ("highway=trunk", NO, NO),
    ("highway=trunk_link", NO, NO),
    ("highway=busway", NO, NO),
    ("highway=motorway", NO, NO),
    ("highway=motorway foot=yes bicycle=yes sidewalk=both", NO, NO),
    ("highway=motorway_link foot=yes", NO, NO),
    ("highway=construction foot=yes", NO, NO),
    ("highway=proposed", NO, NO),
    ("highway=raceway foot=yes", NO, NO),
    ("highway=bus_guideway foot=yes", NO, NO),
    ("highway=escape", NO, NO),
    ("highway=rest_area", NO, NO),
    ("highway=services", NO, NO),
    ("highway=razed", NO, NO),
    ("building=yes", NO, NO),
    ("foot=yes bicycle=yes", NO, NO),
    # platforms
    ("railway=platform", BOTH, NO),
    ("public_transport=platform", BOTH, NO),
    ("public_transport=platform highway=bus_stop", BOTH, NO),
    ("railway=platform highway=construction", NO, NO),
    ("railway=rail foot=yes", NO, NO),
    ("railway=platform access=private", NO, NO),
    # trunk roads
    ("highway=trunk foot=yes", BOTH, NO),
    ("highway=trunk foot=designated", BOTH, NO),
    ("highway=trunk sidewalk=both", BOTH, NO),
    ("highway=trunk sidewalk=right", BOTH, NO),
    ("highway=trunk sidewalk=no", NO, NO),
    ("highway=trunk sidewalk=separate", NO, NO),
    ("highway=trunk sidewalk:left=yes", BOTH, NO),
    ("highway=trunk sidewalk:both=no", NO, NO),
    ("highway=trunk sidewalk:right=yes foot=no", NO, NO),
    ("highway=trunk bicycle=yes", NO, BOTH),
    ("highway=trunk cycleway=lane", NO, BOTH),
    ("highway=trunk cycleway:right=track oneway=yes", NO, FORWARD),
    ("highway=trunk cycleway:both=lane", NO, BOTH),
    ("highway=trunk_link foot=yes bicycle=designated", BOTH, BOTH),
    ("highway=trunk sidewalk=both motorroad=yes", NO, NO),
    ("highway=busway foot=yes", BOTH, NO),
    ("highway=busway bicycle=yes", NO, BOTH),
    # foot
    ("highway=residential foot=no", NO, BOTH),
    ("highway=primary foot=use_sidepath", NO, BOTH),
    ("highway=primary foot=no sidewalk=both", NO, BOTH),
    ("highway=cycleway foot=no", NO, BOTH),
    ("highway=cycleway foot=use_sidepath", NO, BOTH),
    ("highway=service foot=private", NO, BOTH),
    ("highway=path foot=designated bicycle=designated", BOTH, BOTH),
    # access and what goes before it
    ("highway=service access=private", NO, NO),
    ("highway=service access=no", NO, NO),
    ("highway=service service=driveway access=private", NO, NO),
    ("highway=service service=driveway", BOTH, BOTH),
    ("highway=service service=private", NO, NO),
    ("highway=service service=private foot=yes", BOTH, NO),
    ("highway=footway access=private", NO, NO),
    ("highway=service access=agricultural", NO, NO),
    ("highway=service access=agricultural;forestry", NO, NO),
    ("highway=service access=military", NO, NO),
    ("highway=service access=delivery", NO, NO),
    ("highway=service access=permit", NO, NO),
    ("highway=service access=destination", BOTH, BOTH),
    ("highway=service access=customers", BOTH, BOTH),
    ("highway=service access=permissive", BOTH, BOTH),
    ("highway=service access=unheard_of", BOTH, BOTH),
    ("highway=residential access=private foot=yes", BOTH, NO),
    ("highway=residential access=no foot=permissive", BOTH, NO),
    ("highway=residential access=no foot=designated", BOTH, NO),
    ("highway=residential access=private foot=destination", BOTH, NO),
    ("highway=residential access=no bicycle=yes", NO, BOTH),
    ("highway=residential access=yes foot=no", NO, BOTH),
    ("highway=footway access=yes", BOTH, NO),
    ("highway=residential vehicle=no", BOTH, NO),
    ("highway=residential vehicle=no bicycle=yes", BOTH, BOTH),
    ("highway=residential vehicle=destination access=no", NO, BOTH),
    ("highway=residential motor_vehicle=no", BOTH, BOTH),
    ("highway=primary motorroad=yes", NO, NO),
    ("highway=primary motorroad=yes foot=yes", BOTH, NO),
    ("highway=primary motorroad=no", BOTH, BOTH),
    ("highway=residential access:conditional=no@(22:00-06:00)", BOTH, BOTH),
    ("highway=residential foot:conditional=no@(22:00-06:00)", BOTH, BOTH),
    ("highway=residential bicycle:conditional=no@(22:00-06:00)", BOTH, BOTH),
    # bicycle
    ("highway=primary bicycle=use_sidepath", BOTH, NO),
    ("highway=residential bicycle=dismount", BOTH, NO),
    ("highway=residential bicycle=no", BOTH, NO),
    ("highway=footway bicycle=yes", BOTH, BOTH),
    ("highway=pedestrian bicycle=permissive", BOTH, BOTH),
    ("highway=bridleway bicycle=designated", BOTH, BOTH),
    # sidewalks say nothing of a street that is walked anyway
    ("highway=residential sidewalk=no", BOTH, BOTH),
    ("highway=residential sidewalk=separate", BOTH, BOTH),
    # areas
    ("highway=pedestrian area=yes", BOTH, NO),
    # one way
    ("highway=residential oneway=yes", BOTH, FORWARD),
    ("highway=residential oneway=1", BOTH, FORWARD),
    ("highway=residential oneway=True", BOTH, FORWARD),
    ("highway=residential oneway=-1", BOTH, BACKWARD),
    ("highway=residential oneway=reverse", BOTH, BACKWARD),
    ("highway=residential oneway=no", BOTH, BOTH),
    ("highway=footway oneway=yes", BOTH, NO),
    ("highway=tertiary junction=roundabout", BOTH, FORWARD),
    ("highway=tertiary junction=roundabout oneway=no", BOTH, BOTH),
    ("highway=tertiary junction=roundabout oneway=-1", BOTH, BACKWARD),
    ("highway=residential oneway=yes oneway:bicycle=no", BOTH, BOTH),
    ("highway=cycleway oneway:bicycle=yes", BOTH, FORWARD),
    ("highway=residential oneway=yes oneway:bicycle=-1", BOTH, BACKWARD),
    ("highway=residential oneway=yes cycleway=opposite", BOTH, BOTH),
    ("highway=residential oneway=yes cycleway=opposite_lane", BOTH, BOTH),
    ("highway=residential oneway=yes cycleway:left=opposite_track", BOTH, BOTH),
    ("highway=residential oneway=yes cycleway:left=lane", BOTH, FORWARD),
    ("highway=residential oneway=yes cycleway:left:oneway=-1", BOTH, BOTH),
    ("highway=residential oneway=yes cycleway:right:oneway=no", BOTH, BOTH),
    ("highway=residential oneway=yes cycleway:both:oneway=no", BOTH, BOTH),
    ("highway=path oneway:foot=yes", FORWARD, BOTH),
    ("highway=path oneway:foot=-1", BACKWARD, BOTH),
    ("highway=path oneway:foot=no oneway=yes", BOTH, FORWARD),
    ("highway=steps conveying=forward", FORWARD, NO),
    ("highway=steps conveying=backward", BACKWARD, NO),
    ("highway=steps conveying=yes", BOTH, NO),
    ("highway=steps conveying=reversible", BOTH, NO),
    ("highway=steps conveying=yes oneway=yes", FORWARD, NO),
    ("highway=steps conveying=yes oneway=-1", BACKWARD, NO),
    ("highway=path foot:backward=no", FORWARD, BOTH),
    ("highway=path foot:forward=no", BACKWARD, BOTH),
    ("highway=primary foot=no foot:forward=yes", FORWARD, BOTH),
    ("highway=primary bicycle:backward=use_sidepath", BOTH, FORWARD),
    ("highway=primary bicycle:forward=no", BOTH, BACKWARD),
    ("highway=primary oneway=yes bicycle:backward=yes", BOTH, BOTH),
    # ferries
    ("route=ferry", BOTH, BOTH),
    ("route=ferry foot=yes bicycle=no", BOTH, NO),
    ("route=ferry foot=no", NO, BOTH),
    ("route=ferry access=private", NO, NO),
    ("route=ferry access=no foot=yes", BOTH, NO),
    ("route=ferry oneway=yes", BOTH, FORWARD),
    ("route=ferry highway=trunk", BOTH, BOTH),
    ("route=bus", NO, NO),
    # writing
    ("highway=Residential", BOTH, BOTH),
    ("highway=footway;path", BOTH, NO),
    ("highway=residential foot=NO", NO, BOTH),
    ("highway=footway bicycle=designated;yes", BOTH, BOTH),
]


@pytest.mark.parametrize(("tags", "walk", "cycle"), RULES, ids=[rule[0] for rule in RULES])
def test_rule(tags: str, walk: str, cycle: str) -> None:
    assert walk_and_cycle(tags) == (walk, cycle)


def test_the_rows_above_cover_every_key_and_every_highway() -> None:
    tags = [_tags(rule[0]) for rule in RULES]
    assert set(RULE_KEYS) - {key for row in tags for key in row} == {"duration"}
    assert set(access_rules._HIGHWAYS) <= {row.get("highway") for row in tags}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("highway=footway", PATH),
        ("highway=track", PATH),
        ("railway=platform", PATH),
        ("highway=residential", MINOR),
        ("highway=service", MINOR),
        ("highway=tertiary_link", MAIN),
        ("highway=trunk foot=yes", MAIN),
        ("route=ferry", FERRY),
    ],
)
def test_kind(tags: str, kind: int) -> None:
    assert way_use(_tags(tags)).kind == kind


def test_conditions_in_time_are_seen() -> None:
    assert way_use({"highway": "path", "access:conditional": "no @ (sunset-sunrise)"}).conditional
    assert not way_use({"highway": "path", "access": "yes"}).conditional


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:05", 300),
        ("1:30", 5400),
        ("01:02:03", 3723),
        ("PT20M", 1200),
        ("PT1H5M", 3900),
        ("PT90S", 90),
        ("P1DT2H", 93600),
        ("pt10m", 600),
        ("5", 300),
        ("2.5", 150),
        (" 12 min ", 720),
        ("10 minutes", 600),
        ("00:00", None),
        ("0", None),
        ("P", None),
        ("PT", None),
        ("-5", None),
        ("12:75", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("99999:00", None),
        ("P99D", None),
        ("1e9", None),
        ("٣", None),
    ],
)
def test_duration(text: str | None, seconds: int | None) -> None:
    assert parse_duration(text) == seconds


def test_only_a_ferry_has_a_duration() -> None:
    assert way_use({"route": "ferry", "duration": "00:10"}).duration_s == 600
    assert way_use({"highway": "path", "duration": "00:10"}).duration_s == 0


WORDS = st.sampled_from(
    sorted({value for rule in RULES for value in _tags(rule[0]).values()} | {"PT5M", "00:20", ";"})
) | st.text("aenosy012:;=-@/T \t\0é٣\U0001f6b6", max_size=8)
TAGS = st.dictionaries(st.sampled_from((*RULE_KEYS, "name", "surface")), WORDS, max_size=12)


@given(TAGS)
def test_any_tags_give_a_use(tags: dict[str, str]) -> None:
    use = way_use(tags)
    assert 0 <= use.access <= 15
    assert use.kind in (PATH, MINOR, MAIN, FERRY)
    assert 0 <= use.duration_s <= LONGEST_FERRY_S


@given(TAGS, st.randoms())
def test_the_order_of_tags_is_irrelevant(tags: dict[str, str], random: Any) -> None:
    shuffled = list(tags.items())
    random.shuffle(shuffled)
    assert way_use(dict(shuffled)) == way_use(tags)


@given(TAGS)
def test_only_rule_keys_matter(tags: dict[str, str]) -> None:
    assert way_use({key: tags[key] for key in tags if key in RULE_KEYS}) == way_use(tags)


@given(TAGS)
def test_closing_a_way_closes_it(tags: dict[str, str]) -> None:
    tags = {key: value for key, value in tags.items() if not key.endswith(("ward", "conditional"))}
    use = way_use({**tags, "foot": "no", "bicycle": "no"})
    assert use.access == 0


@given(TAGS)
def test_a_oneway_street_never_binds_walkers_unless_it_carries_them(tags: dict[str, str]) -> None:
    tags.pop("conveying", None)
    assert (
        way_use({**tags, "oneway": "yes"}).access & 3
        == way_use({**tags, "oneway": "no"}).access & 3
    )
