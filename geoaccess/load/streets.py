"""The table of streets that every street loader returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

#: bits of `Streets.access`
WALK_FORWARD, WALK_BACKWARD, CYCLE_FORWARD, CYCLE_BACKWARD = 1, 2, 4, 8
#: further bits, only of roads for cars (`geoaccess.load.roads`)
DRIVE_FORWARD, DRIVE_BACKWARD = 16, 32

#: values of `Streets.kind`, used to draw a quiet background: 0 path, 1 minor street, 2 main road, 3 ferry
PATH, MINOR, MAIN, FERRY = 0, 1, 2, 3

Bits = TypeVar("Bits", "int", "np.ndarray[Any, Any]")


def turned(access: Bits) -> Bits:
    """Swap forward and backward in bits of `Streets.access`.

    Examples
    --------
    >>> turned(WALK_FORWARD | CYCLE_BACKWARD) == WALK_BACKWARD | CYCLE_FORWARD
    True
    """
    forward = WALK_FORWARD | CYCLE_FORWARD | DRIVE_FORWARD
    return ((access & forward) << 1) | ((access >> 1) & forward)


@dataclass(frozen=True, eq=False)
class Streets:
    """Streets as straight segments between nodes: raw, uncontracted, every island still in it.

    Attributes
    ----------
    node_id : int64 (n,); id of the node in its source (OSM id), or a running number.
    lon, lat : float64 (n,); degrees, EPSG:4326.
    segment_from, segment_to : int32 (m,); node indices. Each piece of street is stored once, whatever its direction.
    length_cm : int32 (m,); length in whole centimetres, at least 1, so that sums do not depend on their order.
    fixed_s : int32 (m,); seconds the segment takes whatever the speed (ferry crossings), else 0; then length_cm is 0.
    access : uint8 (m,); bits WALK_FORWARD, WALK_BACKWARD, CYCLE_FORWARD, CYCLE_BACKWARD (from -> to is forward).
    kind : uint8 (m,); PATH, MINOR, MAIN or FERRY.
    source : name of the file or place the streets came from.
    notes : sentences on what was left out or assumed.
    kmh : uint8 (m,); speed limit, only of roads for cars; None for streets to walk and cycle on.
    """

    node_id: np.ndarray[Any, Any]
    lon: np.ndarray[Any, Any]
    lat: np.ndarray[Any, Any]
    segment_from: np.ndarray[Any, Any]
    segment_to: np.ndarray[Any, Any]
    length_cm: np.ndarray[Any, Any]
    fixed_s: np.ndarray[Any, Any]
    access: np.ndarray[Any, Any]
    kind: np.ndarray[Any, Any]
    source: str
    notes: tuple[str, ...] = ()
    kmh: np.ndarray[Any, Any] | None = None

    def __repr__(self) -> str:
        return f"Streets({self.source!r}: {len(self.lon)} nodes, {len(self.length_cm)} segments)"


def box_of(streets: Streets | None) -> tuple[float, float, float, float] | None:
    """West, south, east and north (degrees) of the streets, if there are any."""
    if streets is None:
        return None
    lon, lat = streets.lon, streets.lat
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
