"""Roads for cars, with directions and speed limits: only for the contrast with the car, never for a verdict.

This table is the whole rule; the code below it only carries it out. *Opens* and *closes* are those of
`geoaccess.load.access_rules`.

===================================================== ================================================================
tags on the way                                       driving
===================================================== ================================================================
highway in `DEFAULT_KMH`                              yes
highway = track, pedestrian, busway                   if motorcar or motor_vehicle opens
route = ferry                                         if motorcar or motor_vehicle opens; takes its duration
any other highway                                     never
motorcar, motor_vehicle, vehicle, access              the first of these that opens or closes counts
service = private                                     closes, unless one of these opens
oneway:motorcar, oneway:motor_vehicle, oneway         the first that is there: yes, 1, -1, reverse is one direction
highway = motorway; junction = roundabout, circular   one direction where no tag of oneway is there
motor_vehicle:forward, vehicle:forward, ...:backward  opens or closes one direction
maxspeed                                              speed limit, in km/h or mph; with a word ("NL:rural") that of
                                                      `ZONE_KMH`; else that of maxspeed:type, source:maxspeed,
                                                      zone:maxspeed; else `DEFAULT_KMH`
===================================================== ================================================================

Not looked at: conditions in time (counted), limits of one direction only, turns that are forbidden, barriers that are
nodes (bollards, gates), traffic lights, and how busy it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geoaccess.errors import Fault, StreetsError
from geoaccess.load.access_rules import (
    ONEWAY,
    ROUNDABOUT,
    parse_duration,
    verdict,
    word,
)
from geoaccess.load.osm import OSM_ENDINGS, Rules, lines_of, read_ways
from geoaccess.load.segments import build_streets, nothing_usable
from geoaccess.load.streets import DRIVE_BACKWARD, DRIVE_FORWARD, FERRY, MAIN, MINOR, Streets

if TYPE_CHECKING:
    from collections.abc import Mapping

#: highway -> speed limit in km/h where none is tagged. Dutch limits of 2026: RVV 1990, article 20 (built-up area: 50),
#: 21 (outside: 80, autoweg 100; motorways 100 by day since March 2020) and 45 (erf: 15). Which of 50 and 80 holds is
#: not known from the class alone: 80 for primary and secondary, 50 for tertiary is an assumption of 2026, and so are
#: all links, unclassified (60-km zones outside built-up areas), residential (30-km zones), service and road.
DEFAULT_KMH = {
    "motorway": 100,
    "motorway_link": 70,
    "trunk": 100,
    "trunk_link": 70,
    "primary": 80,
    "primary_link": 50,
    "secondary": 80,
    "secondary_link": 50,
    "tertiary": 50,
    "tertiary_link": 50,
    "unclassified": 60,
    "residential": 30,
    "living_street": 15,
    "service": 15,
    "road": 30,
}
#: driven only where a tag opens them for motor vehicles, at a speed that is an assumption of 2026
_ONLY_IF_OPENED = {"track": 15, "pedestrian": 15, "busway": 30}

#: words after the country in "NL:urban" -> km/h; Dutch limits as above, British ones by the Highway Code, rule 124
ZONE_KMH = {
    "urban": 50,
    "rural": 80,
    "trunk": 100,
    "motorway": 100,
    "living_street": 15,
    "nsl_single": 97,
    "nsl_dual": 113,
    "nsl_restricted": 48,
    "walk": 5,
    "none": 130,
}

#: limits that are believed, in km/h; one outside is taken for the nearest of these
LOWEST_KMH, HIGHEST_KMH = 5, 130
KMH_PER_MPH = 1.609344

_ACCESS = ("motorcar", "motor_vehicle", "vehicle", "access")
_ONEWAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway")
_LIMIT_KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed")
_CONDITIONS = ("access:conditional", "vehicle:conditional", "motor_vehicle:conditional")
_SIDES = ("motor_vehicle", "vehicle")
_MAIN = frozenset(("motorway", "trunk", "primary", "secondary", "tertiary"))

#: every tag that the rules look at
ROAD_KEYS: tuple[str, ...] = (
    *("highway", "route", "duration", "service", "junction"),
    *_ACCESS,
    *_ONEWAY_KEYS,
    *_LIMIT_KEYS,
    *(f"{key}:{way}" for key in _SIDES for way in ("forward", "backward")),
    *_CONDITIONS,
)


class RoadUse(NamedTuple):
    """What the rules say of one way; the first four as in `geoaccess.load.access_rules.WayUse`.

    Attributes
    ----------
    access : bits DRIVE_FORWARD, DRIVE_BACKWARD; 0 where cars may not.
    kind : MINOR, MAIN or FERRY.
    duration_s : seconds a ferry takes; 0 where it is not tagged.
    conditional : is access tagged with conditions in time.
    kmh : speed limit.
    assumed : is the limit that of `DEFAULT_KMH`, as none is tagged that can be read.
    """

    access: int
    kind: int
    duration_s: int
    conditional: bool
    kmh: int
    assumed: bool


NO_ROAD = RoadUse(0, MINOR, 0, conditional=False, kmh=0, assumed=False)


def load_roads(source: str | Path) -> Streets:
    """Roads that cars may use, with speed limits, for `geoaccess.drive_times`.

    Parameters
    ----------
    source : an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2).

    Returns
    -------
    Streets
        with the bits DRIVE_FORWARD and DRIVE_BACKWARD in ``access``, limits in ``kmh``, and notes on what was left out
        or assumed.

    Raises
    ------
    StreetsError
        when there is no such extract, it is damaged, or it holds no road for cars. A saved graph (.graphml) is
        refused: as a rule it has lost the roads or the tags that this needs.
    """
    path = Path(source)
    form = next((end for end in OSM_ENDINGS if path.name.lower().endswith(end)), None)
    if form is None:
        raise StreetsError(
            Fault(
                "roads for cars are read from an OpenStreetMap extract only",
                path.name,
                remedy="give an extract (.osm.pbf), or leave the contrast with the car out",
            )
        )
    if not path.is_file():
        raise StreetsError(Fault("no such file", str(path), remedy="check the path of the extract"))
    ways = read_ways(path, form.removeprefix("."), ROAD_RULES)
    if not ways.uses:
        raise StreetsError(nothing_usable(path.name, "car"))
    lines, notes = lines_of(ways, path.name)
    kmh = np.array([use.kmh for use in ways.uses], np.uint8)
    assumed = sum(use.assumed for use in ways.uses)
    if assumed:
        notes.append(
            "Without a speed limit that can be read, taken to have that of their class (Dutch limits and "
            f"assumptions of 2026): {assumed} of {len(ways.uses)} roads."
        )
    return build_streets(replace(lines, kmh=kmh), path.name, notes)


def road_use(tags: Mapping[str, str]) -> RoadUse:
    """Apply the table above to the tags of one way.

    Parameters
    ----------
    tags : the OSM tags of the way; only ROAD_KEYS are looked at.

    Examples
    --------
    >>> road_use({"highway": "residential", "oneway": "yes"})[::4]
    (16, 30)
    >>> road_use({"highway": "primary", "maxspeed": "30 mph"}).kmh
    48
    """
    highway = word(tags, "highway")
    ferry = word(tags, "route") == "ferry"
    if not ferry and highway not in DEFAULT_KMH and highway not in _ONLY_IF_OPENED:
        return NO_ROAD
    said = [verdict(tags, key) for key in _ACCESS]
    only_if_opened = ferry or highway in _ONLY_IF_OPENED
    allowed = next((one for one in (said[:2] if only_if_opened else said) if one is not None), None)
    if allowed is None:
        allowed = not only_if_opened and word(tags, "service") != "private"
    direction = _direction(tags, highway)
    access = 0
    for bit, way, open_way in (
        (DRIVE_FORWARD, "forward", allowed and direction >= 0),
        (DRIVE_BACKWARD, "backward", allowed and direction <= 0),
    ):
        sides = (verdict(tags, f"{key}:{way}") for key in _SIDES)
        access |= bit * next((one for one in sides if one is not None), open_way)
    kmh = tagged_kmh(tags)
    assumed = kmh is None and not ferry
    if kmh is None:
        kmh = DEFAULT_KMH.get(highway) or _ONLY_IF_OPENED.get(highway, 0)
    main = highway.removesuffix("_link") in _MAIN
    return RoadUse(
        access,
        FERRY if ferry else MAIN if main else MINOR,
        (parse_duration(tags.get("duration")) or 0) if ferry else 0,
        any(tags.get(key) is not None for key in _CONDITIONS),
        kmh,
        assumed,
    )


#: the rules of cars
ROAD_RULES = Rules(("highway", "route"), ROAD_KEYS, road_use, NO_ROAD)


def tagged_kmh(tags: Mapping[str, str]) -> int | None:
    """Speed limit of a way in whole km/h, None where no tag of one can be read.

    Examples
    --------
    >>> [tagged_kmh({"maxspeed": text}) for text in ("50", "20 mph", "NL:rural", "NL:zone30", "signals")]
    [50, 32, 80, 30, None]
    """
    for key in _LIMIT_KEYS:
        text = word(tags, key)
        number = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?) ?(km/h|kmh|kph|mph)?", text, re.ASCII)
        zone = re.fullmatch(r"(?:[a-z]{2}:)?(?:zone:?)?(\d{1,3})", text, re.ASCII)
        if number:
            kmh = float(number[1]) * (KMH_PER_MPH if number[2] == "mph" else 1.0)
        elif zone:
            kmh = float(zone[1])
        elif text.rpartition(":")[2] in ZONE_KMH:
            kmh = ZONE_KMH[text.rpartition(":")[2]]
        else:
            continue
        if kmh > 0:
            return round(min(max(kmh, LOWEST_KMH), HIGHEST_KMH))
    return None


def _direction(tags: Mapping[str, str], highway: str) -> int:
    """1 along the way only, -1 against it only, 0 both."""
    said = next((text for key in _ONEWAY_KEYS if (text := word(tags, key))), None)
    if said is None:
        return int(highway == "motorway" or word(tags, "junction") in ROUNDABOUT)
    return ONEWAY.get(said, 0)
