"""Where labour migrants cannot get to a GP without own transport, why, and for how many people.

Every public name is found here. A name is loaded when it is first used, so that ``import geoaccess`` does no work.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoaccess.access.care import CareKind
    from geoaccess.access.failing import Failing
    from geoaccess.access.measured import Measures
    from geoaccess.access.norm import Norm, When
    from geoaccess.access.surface import surface
    from geoaccess.demo.write import write_demo
    from geoaccess.errors import (
        Fault,
        FeedError,
        GeoaccessError,
        InputError,
        ProjectError,
        StreetsError,
        TableError,
    )
    from geoaccess.load.areas import load_areas
    from geoaccess.load.default_groups import Group
    from geoaccess.load.groups import load_groups
    from geoaccess.load.gtfs.feeds import load_timetable
    from geoaccess.load.lines.lines import load_lines
    from geoaccess.load.osm import load_streets
    from geoaccess.load.practices import load_practices
    from geoaccess.load.roads import load_roads
    from geoaccess.load.sites import load_sites
    from geoaccess.load.vans import Van, VanStop
    from geoaccess.network.driving import Car, drive_times
    from geoaccess.network.network import build_network
    from geoaccess.network.traveller import Traveller
    from geoaccess.network.week import build_week
    from geoaccess.project import load_project, run_project
    from geoaccess.result import Result
    from geoaccess.route.itinerary import itinerary
    from geoaccess.route.matrix import profiles, travel_times
    from geoaccess.route.written import write_travel_times
    from geoaccess.study import Study

__version__ = "0.1.0"

__all__ = [
    "Car",
    "CareKind",
    "Failing",
    "Fault",
    "FeedError",
    "GeoaccessError",
    "Group",
    "InputError",
    "Measures",
    "Norm",
    "ProjectError",
    "Result",
    "StreetsError",
    "Study",
    "TableError",
    "Traveller",
    "Van",
    "VanStop",
    "When",
    "build_network",
    "build_week",
    "drive_times",
    "itinerary",
    "load_areas",
    "load_groups",
    "load_lines",
    "load_practices",
    "load_project",
    "load_roads",
    "load_sites",
    "load_streets",
    "load_timetable",
    "profiles",
    "run_project",
    "surface",
    "travel_times",
    "write_demo",
    "write_travel_times",
]

#: module that holds each public name
_HOMES = {
    "geoaccess.access.care": ("CareKind",),
    "geoaccess.access.failing": ("Failing",),
    "geoaccess.access.measured": ("Measures",),
    "geoaccess.access.norm": ("Norm", "When"),
    "geoaccess.access.surface": ("surface",),
    "geoaccess.demo.write": ("write_demo",),
    "geoaccess.errors": (
        "Fault",
        "FeedError",
        "GeoaccessError",
        "InputError",
        "ProjectError",
        "StreetsError",
        "TableError",
    ),
    "geoaccess.load.areas": ("load_areas",),
    "geoaccess.load.default_groups": ("Group",),
    "geoaccess.load.groups": ("load_groups",),
    "geoaccess.load.gtfs.feeds": ("load_timetable",),
    "geoaccess.load.lines.lines": ("load_lines",),
    "geoaccess.load.osm": ("load_streets",),
    "geoaccess.load.practices": ("load_practices",),
    "geoaccess.load.roads": ("load_roads",),
    "geoaccess.load.sites": ("load_sites",),
    "geoaccess.load.vans": ("Van", "VanStop"),
    "geoaccess.network.driving": ("Car", "drive_times"),
    "geoaccess.network.network": ("build_network",),
    "geoaccess.network.traveller": ("Traveller",),
    "geoaccess.network.week": ("build_week",),
    "geoaccess.project": ("load_project", "run_project"),
    "geoaccess.route.itinerary": ("itinerary",),
    "geoaccess.route.matrix": ("profiles", "travel_times"),
    "geoaccess.route.written": ("write_travel_times",),
    "geoaccess.result": ("Result",),
    "geoaccess.study": ("Study",),
}


def __getattr__(name: str) -> object:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
