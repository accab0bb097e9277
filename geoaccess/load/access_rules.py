"""Who may walk and who may cycle along a way of OpenStreetMap, and in which direction.

This table is the whole rule; the code below it only carries it out. Of values joined by ';' the first counts, case
does not matter, and a value that is not named says nothing. *Opens*: yes, designated, permissive, official, public,
destination, customers, allowed, discouraged. *Closes*: no, private, permit, residents, agricultural, forestry,
delivery, military, emergency, restricted, prohibited, license, use_sidepath, dismount.

===================================================== =============================== ==============================
tags on the way                                       walking                         cycling
===================================================== =============================== ==============================
highway = primary, secondary, tertiary (+ _link),     yes, in both directions         yes
unclassified, residential, living_street, service,
road, track, path, cycleway
highway = footway, pedestrian, bridleway, platform,   yes                             if bicycle opens
corridor, crossing, elevator; railway = platform,
public_transport = platform (indoor ones, too)
highway = steps, escalator, conveyor                  yes                             never
highway = trunk, trunk_link                           if foot opens, or a sidewalk:   if bicycle opens, or a cycle
                                                      sidewalk(:left|right|both) =    lane: cycleway(:left|right|both)
                                                      yes, both, left, right          = lane, track, shared_lane ...
highway = busway                                      if foot opens                   if bicycle opens
route = ferry                                         yes, takes its duration         yes, takes its duration
any other highway (motorway, motorway_link,           never                           never
construction, proposed, raceway, bus_guideway,
escape, rest_area ...)
----------------------------------------------------- ------------------------------- ------------------------------
foot / bicycle                                        foot opens or closes, whatever  bicycle opens or closes,
                                                      the rows below say              whatever the rows below say
vehicle                                               -                               closes; opens what access closes
access                                                closes                          closes
motorroad = yes; service = private                    closes                          closes
area = yes                                            its outline is walked           its outline is cycled
----------------------------------------------------- ------------------------------- ------------------------------
oneway (yes, 1, -1, reverse); junction = roundabout   no effect                       one direction
oneway:foot / oneway:bicycle                          one direction (yes, -1)         goes before oneway
cycleway(:left|right|both) = opposite...;             no effect                       both directions
cycleway:left|right|both:oneway = no, -1
conveying = forward, backward (or yes with oneway)    one direction                   -
foot:forward, foot:backward / bicycle:forward, ...    opens or closes one direction   opens or closes one direction
===================================================== =============================== ==============================

Not looked at: conditions in time (``access:conditional`` ...; counted, so that the loader can say so), barriers and
lifts that are nodes, surface, stairs for wheelchairs, fees.

Compared with other routers: R5 also walks along trunk roads without any tag and along footways, paths and steps with
access=private, and keeps walkers off roads with access=destination or customers; osmnx's "walk" leaves out cycleways,
areas and streets whose sidewalk is mapped separately. Here, as in R5, a cycleway is walked unless foot closes it
(a Dutch fietspad without a footpath beside it) and a street with separate sidewalks stays a street.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from geoaccess.load.streets import (
    CYCLE_BACKWARD,
    CYCLE_FORWARD,
    FERRY,
    MAIN,
    MINOR,
    PATH,
    WALK_BACKWARD,
    WALK_FORWARD,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

#: speed of a ferry whose duration is not tagged (an assumption, said in a note whenever it is used)
FERRY_KMH = 10.0

#: longest duration of a crossing that is believed, in seconds (a week)
LONGEST_FERRY_S = 7 * 24 * 3600

#: highway -> (walk, cycle, kind) where no other tag says anything; any other highway is no street at all
_HIGHWAYS: dict[str, tuple[bool, bool, int]] = {
    "trunk": (False, False, MAIN),
    "trunk_link": (False, False, MAIN),
    "primary": (True, True, MAIN),
    "primary_link": (True, True, MAIN),
    "secondary": (True, True, MAIN),
    "secondary_link": (True, True, MAIN),
    "tertiary": (True, True, MAIN),
    "tertiary_link": (True, True, MAIN),
    "busway": (False, False, MINOR),
    "unclassified": (True, True, MINOR),
    "residential": (True, True, MINOR),
    "living_street": (True, True, MINOR),
    "service": (True, True, MINOR),
    "road": (True, True, MINOR),
    "pedestrian": (True, False, MINOR),
    "track": (True, True, PATH),
    "path": (True, True, PATH),
    "cycleway": (True, True, PATH),
    "footway": (True, False, PATH),
    "bridleway": (True, False, PATH),
    "steps": (True, False, PATH),
    "escalator": (True, False, PATH),
    "conveyor": (True, False, PATH),
    "platform": (True, False, PATH),
    "corridor": (True, False, PATH),
    "crossing": (True, False, PATH),
    "elevator": (True, False, PATH),
}
_STAIRS = frozenset({"steps", "escalator", "conveyor"})
_TRUNK = frozenset({"trunk", "trunk_link"})

_OPENS = frozenset(
    (
        *("yes", "designated", "permissive", "official", "public", "destination", "customers"),
        *("allowed", "discouraged", "true", "1"),
    )
)
_CLOSES = frozenset(
    (
        *("no", "private", "permit", "residents", "agricultural", "forestry", "delivery"),
        *("military", "emergency", "restricted", "prohibited", "license"),
        *("use_sidepath", "dismount", "false", "0"),
    )
)
_SIDEWALK = frozenset({"yes", "both", "left", "right"})
_CYCLE_LANE = frozenset({"lane", "track", "shared_lane", "share_busway", "opposite_lane"})
#: 1 along the way only, -1 against it only
ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}
ROUNDABOUT = frozenset({"roundabout", "circular"})

_SIDES = ("", ":left", ":right", ":both")
_CONDITIONS = ("access:conditional", "foot:conditional", "bicycle:conditional")

#: a way is looked at when it has one of these tags
STREET_KEYS = ("highway", "railway", "public_transport", "route")
#: every tag that the rules look at
RULE_KEYS: tuple[str, ...] = (
    *("highway", "railway", "public_transport", "route", "duration"),
    *("foot", "bicycle", "vehicle", "access", "motorroad", "service"),
    *("oneway", "oneway:foot", "oneway:bicycle", "junction", "conveying"),
    *("foot:forward", "foot:backward", "bicycle:forward", "bicycle:backward"),
    *(f"sidewalk{side}" for side in _SIDES),
    *(f"cycleway{side}" for side in _SIDES),
    *(f"cycleway{side}:oneway" for side in _SIDES[1:]),
    *_CONDITIONS,
)


class WayUse(NamedTuple):
    """What the rules say of one way.

    Attributes
    ----------
    access : bits WALK_FORWARD, WALK_BACKWARD, CYCLE_FORWARD, CYCLE_BACKWARD; 0 where nobody may.
    kind : PATH, MINOR, MAIN or FERRY.
    duration_s : seconds a ferry takes from end to end; 0 where it is not tagged, and for anything but a ferry.
    conditional : is access tagged with conditions in time, which are not looked at.
    """

    access: int
    kind: int
    duration_s: int
    conditional: bool


#: the use of a way that is no street
NO_STREET = WayUse(0, MINOR, 0, conditional=False)


def way_use(tags: Mapping[str, str]) -> WayUse:
    """Apply the table above to the tags of one way.

    Parameters
    ----------
    tags : the OSM tags of the way; only RULE_KEYS are looked at.

    Returns
    -------
    WayUse
        with access 0 where neither walkers nor cyclists may use the way, or where it is no street.

    Examples
    --------
    >>> way_use({"highway": "residential", "oneway": "yes"}).access  # walk both ways, cycle forward
    7
    >>> way_use({"highway": "service", "access": "private"}).access
    0
    """
    highway = word(tags, "highway")
    ferry = word(tags, "route") == "ferry"
    if ferry:
        defaults = (True, True, FERRY)
    elif highway in _HIGHWAYS:
        defaults = _HIGHWAYS[highway]
    elif _is_platform(tags) and highway in ("", "bus_stop"):
        defaults = _HIGHWAYS["platform"]
    else:
        return NO_STREET
    walk, cycle, kind = defaults
    if highway in _TRUNK and not ferry:
        walk, cycle = _has_sidewalk(tags), _has_cycle_lane(tags)
    access = _walking(tags, walk)
    if highway not in _STAIRS:
        access |= _cycling(tags, cycle)
    return WayUse(
        access,
        kind,
        (parse_duration(tags.get("duration")) or 0) if ferry else 0,
        any(tags.get(key) is not None for key in _CONDITIONS),
    )


def parse_duration(text: str | None) -> int | None:
    """Seconds of a duration tag: HH:MM, HH:MM:SS, minutes ("20", "20 min") or ISO 8601 ("PT1H20M").

    Returns
    -------
    int or None
        None where there is no such tag, or where it cannot be read, is 0 or is longer than a week.

    Examples
    --------
    >>> parse_duration("00:20"), parse_duration("PT1H5M"), parse_duration("5"), parse_duration("soon")
    (1200, 3900, 300, None)
    """
    if text is None:
        return None
    text = text.strip().upper()
    clock = re.fullmatch(r"(\d{1,3}):([0-5]?\d)(?::([0-5]?\d))?", text, re.ASCII)
    plain = re.fullmatch(r"(\d{1,5}(?:\.\d{1,6})?)(?: ?M(?:IN(?:UTES?)?)?)?", text, re.ASCII)
    iso = re.fullmatch(
        r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?", text, re.ASCII
    )
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = hours * 3600 + minutes * 60 + seconds
    elif plain:
        total = round(float(plain[1]) * 60)
    elif iso:
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        total = days * 86400 + hours * 3600 + minutes * 60 + seconds
    else:
        return None
    return total if 0 < total <= LONGEST_FERRY_S else None


def word(tags: Mapping[str, str], key: str) -> str:
    """First of the values of a tag, in lower case; "" where there is none."""
    return (tags.get(key) or "").partition(";")[0].strip().lower()


def verdict(tags: Mapping[str, str], key: str) -> bool | None:
    """Tell whether the tag opens the way (True), closes it (False) or says nothing (None)."""
    said = word(tags, key)
    return True if said in _OPENS else False if said in _CLOSES else None


def _is_platform(tags: Mapping[str, str]) -> bool:
    return "platform" in (word(tags, "railway"), word(tags, "public_transport"))


def _has_sidewalk(tags: Mapping[str, str]) -> bool:
    return any(word(tags, f"sidewalk{side}") in _SIDEWALK for side in _SIDES)


def _has_cycle_lane(tags: Mapping[str, str]) -> bool:
    return any(word(tags, f"cycleway{side}") in _CYCLE_LANE for side in _SIDES)


def _closed_to_all(tags: Mapping[str, str]) -> bool:
    return word(tags, "motorroad") == "yes" or word(tags, "service") == "private"


def _walking(tags: Mapping[str, str], default: bool) -> int:
    allowed = verdict(tags, "foot")
    if allowed is None:
        closed = verdict(tags, "access") is False or _closed_to_all(tags)
        allowed = default and not closed
    forward, backward = _directions(allowed, _walking_direction(tags))
    forward = _or_else(verdict(tags, "foot:forward"), forward)
    backward = _or_else(verdict(tags, "foot:backward"), backward)
    return WALK_FORWARD * forward | WALK_BACKWARD * backward


def _walking_direction(tags: Mapping[str, str]) -> int:
    conveying = word(tags, "conveying")
    if conveying in ("forward", "backward"):
        return 1 if conveying == "forward" else -1
    if conveying == "yes" and word(tags, "oneway") in ONEWAY:
        return ONEWAY[word(tags, "oneway")]
    return ONEWAY.get(word(tags, "oneway:foot"), 0)


def _cycling(tags: Mapping[str, str], default: bool) -> int:
    allowed = verdict(tags, "bicycle")
    if allowed is None:
        vehicle = verdict(tags, "vehicle")
        closed = (verdict(tags, "access") if vehicle is None else vehicle) is False
        allowed = default and not closed and not _closed_to_all(tags)
    forward, backward = _directions(allowed, _cycling_direction(tags))
    forward = _or_else(verdict(tags, "bicycle:forward"), forward)
    backward = _or_else(verdict(tags, "bicycle:backward"), backward)
    return CYCLE_FORWARD * forward | CYCLE_BACKWARD * backward


def _cycling_direction(tags: Mapping[str, str]) -> int:
    own = word(tags, "oneway:bicycle")
    if own:
        return ONEWAY.get(own, 0)
    against = any(word(tags, f"cycleway{side}").startswith("opposite") for side in _SIDES)
    if against or any(word(tags, f"cycleway{side}:oneway") in ("no", "-1") for side in _SIDES[1:]):
        return 0
    oneway = word(tags, "oneway")
    if not oneway and word(tags, "junction") in ROUNDABOUT:
        return 1
    return ONEWAY.get(oneway, 0)


def _directions(allowed: bool, direction: int) -> tuple[bool, bool]:
    return allowed and direction >= 0, allowed and direction <= 0


def _or_else(verdict: bool | None, other: bool) -> bool:
    return other if verdict is None else verdict
