"""Sites on the streets of a reference week, linked once for all kinds of care: practices differ, homes do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.network import Network
from geoaccess.network.places import Places
from geoaccess.network.snapping import Snapped
from geoaccess.route.matrix import links_to_stops
from geoaccess.route.search import Direction

Array = np.ndarray[Any, Any]

#: no place on earth is farther from a street that matters
FARTHEST_M = 1e6
#: of trips out and back, as searches name them
DIRECTIONS: tuple[Direction, Direction] = ("to", "from")


@dataclass(frozen=True, eq=False)
class Homes:
    """Sites on the networks of a week.

    Attributes
    ----------
    linked : bool (sites,); is the site linked to the streets.
    to_street_m : float (sites,); straight distance to the nearest street of a site that is not, else 0.
    places : the sites on each distinct network; those that are not linked stand on the nearest street, to tell how
        they would fare there.
    out, back : ways to the stops of each, and from them; None where nobody rides.
    """

    linked: Array
    to_street_m: Array
    places: tuple[Places, ...]
    out: tuple[Links | None, ...]
    back: tuple[Links | None, ...]


def check_week(week: Sequence[Network]) -> None:
    """Refuse what is no week of one traveller.

    Raises
    ------
    ValueError
        when there are not seven networks, or their travellers differ.
    """
    if len(week) != 7:
        raise ValueError(f"a week has 7 networks, not {len(week)}")
    if len({network.who for network in week}) > 1:
        raise ValueError("the networks of a week must be of one traveller")


def distinct_networks(week: Sequence[Network]) -> list[Network]:
    """Networks of a week, each once, in the order of their first day."""
    return list({id(network): network for network in week}.values())


def link_homes(
    sites: gpd.GeoDataFrame, week: Sequence[Network], workers: int | None = None
) -> Homes:
    """Link sites to the networks of a week.

    Parameters
    ----------
    sites : points with site_id, EPSG:4326.
    week : the networks of Monday to Sunday; they share their streets.
    workers : threads; None for all processors.

    Raises
    ------
    ValueError
        as `check_week` does.
    """
    check_week(week)
    linked = np.asarray(week[0].snap(sites).linked)
    networks = distinct_networks(week)
    places = [_all_linked(network, sites) for network in networks]
    out, back = (
        tuple(
            links_to_stops(own, network, direction, workers)
            for own, network in zip(places, networks, strict=True)
        )
        for direction in DIRECTIONS
    )
    to_street_m = np.where(linked, 0.0, _streets_m(week[0], sites)[1])
    return Homes(linked, to_street_m, tuple(places), out, back)


def _streets_m(network: Network, sites: gpd.GeoDataFrame) -> tuple[Places, Array]:
    """Sites on the streets however far these are, and metres to the nearest of any kind."""
    far = replace(network, max_snap_m=FARTHEST_M).snap(sites)
    nearest_m = far.walk.snap_m
    if far.cycle is not None:
        nearest_m = np.fmin(nearest_m, far.cycle.snap_m)
    return far, nearest_m


def _all_linked(network: Network, sites: gpd.GeoDataFrame) -> Places:
    """Sites on the streets; those too far from any are put on the nearest, to tell how they would fare there."""
    near = network.snap(sites)
    if near.linked.all():
        return near
    far, nearest_m = _streets_m(network, sites)

    def moved(near: Snapped, far: Snapped, linked: Array) -> Snapped:
        # streets of the other kind, for who cycles, are as far from there as they are beyond the nearest
        off_cm = far.off_street_cm - np.round(100 * nearest_m).astype(np.int64)
        off_cm = np.maximum(off_cm, 0)
        there = (far.chain >= 0) & (off_cm <= 100 * network.max_snap_m)
        return Snapped(
            np.where(linked, near.chain, np.where(there, far.chain, -1)).astype(np.int32),
            np.where(linked, near.offset_cm, far.offset_cm).astype(np.int32),
            np.where(linked, near.off_street_cm, np.where(there, off_cm, 0)).astype(np.int32),
        )

    linked = near.linked
    cycle = None
    if near.cycle is not None and far.cycle is not None:
        cycle = moved(near.cycle, far.cycle, linked)
    return Places(moved(near.walk, far.walk, linked), cycle)
