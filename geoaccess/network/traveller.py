"""Who travels: speeds and limits of one kind of traveller without own transport."""

from __future__ import annotations

from dataclasses import dataclass

from geoaccess.errors import Fault, ProjectError


@dataclass(frozen=True)
class Traveller:
    """Speeds and limits of a door-to-door trip.

    Attributes
    ----------
    walk_kmh : walking speed.
    max_walk_min : longest single walk, in minutes: to a stop, between stops, to the practice, or all the way.
    cycle : may the traveller cycle between the site and the first or last stop, or all the way, instead of walking.
        The bicycle, own or lent, is left at the stop and taken home from a stop: there is one at both ends of the
        rides. Everything else (changes, the practice's end of a trip with rides) is on foot.
    cycle_kmh : cycling speed.
    max_cycle_min : longest single ride on the bicycle, in minutes (an assumption of 2026: 7.5 km at 15 km/h).
    max_rides : most rides in one trip (a vehicle that goes on as another trip counts once); None for no limit.
    min_transfer_s : seconds needed between getting off and getting on, on top of the walk between the two stops.
    max_minutes : longest trip, waiting included.

    Raises
    ------
    ProjectError
        that names every value out of range.
    """

    walk_kmh: float = 4.5
    max_walk_min: float = 20.0
    cycle: bool = False
    cycle_kmh: float = 15.0
    max_cycle_min: float = 30.0
    max_rides: int | None = None
    min_transfer_s: int = 60
    max_minutes: float = 120.0

    def __post_init__(self) -> None:
        ranges: tuple[tuple[str, float, float], ...] = (
            ("walk_kmh", 0.5, 10.0),
            ("max_walk_min", 0.0, 600.0),
            ("cycle_kmh", 3.0, 45.0),
            ("max_cycle_min", 0.0, 600.0),
            ("min_transfer_s", 0, 3600),
            ("max_minutes", 1.0, 1440.0),
        )
        faults = [
            Fault(
                f"must be from {low:g} to {high:g}",
                value=str(getattr(self, name)),
                key=f"traveller.{name}",
            )
            for name, low, high in ranges
            if not _is_number(getattr(self, name)) or not low <= getattr(self, name) <= high
        ]
        if not _is_switch(self.cycle):
            faults.append(
                Fault("must be true or false", value=str(self.cycle), key="traveller.cycle")
            )
        if self.max_rides is not None and not (
            isinstance(self.max_rides, int) and self.max_rides >= 0
        ):
            faults.append(
                Fault(
                    "must be a whole number, 0 or more, or left out",
                    value=str(self.max_rides),
                    key="traveller.max_rides",
                )
            )
        if faults:
            raise ProjectError(faults)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
