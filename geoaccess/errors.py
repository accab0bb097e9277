"""One tree of errors: everything a user can mend is an InputError that lists every fault at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FAULTS_SHOWN = 20


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one input, said so that its owner can mend it.

    Attributes
    ----------
    problem : what is wrong, a short clause ("latitude 514.2 is not on earth").
    file : name of the input file or table.
    row : row as the user sees it in that file (first data row of a CSV or sheet with a header is 2).
    column : column name as it stands in the file.
    value : the offending value as text.
    remedy : what to do about it.
    key : key path in a project.toml ("norm.max_minutes"), where that is the place.
    """

    problem: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    remedy: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                self.key,
                None if self.row is None else f"row {self.row}",
                None if self.column is None else f"column '{self.column}'",
                None if self.value is None else f"value {self.value!r}",
            )
            if part
        )
        text = f"{place}: {self.problem}" if place else self.problem
        return f"{text} -> {self.remedy}" if self.remedy else text


class GeoaccessError(Exception):
    """Root of every error that geoaccess raises on purpose."""


class InputError(GeoaccessError, ValueError):
    """Inputs are at fault (exit code 2).

    Parameters
    ----------
    faults : one or more Fault (or plain sentences); the message shows the first 20 of each file and counts
        the rest, so that one bad table does not hide the faults of the next.
    """

    def __init__(self, faults: Iterable[Fault | str] | Fault | str) -> None:
        if isinstance(faults, (Fault, str)):
            faults = [faults]
        self.faults: tuple[Fault, ...] = tuple(
            fault if isinstance(fault, Fault) else Fault(fault) for fault in faults
        )
        super().__init__(self._message())

    def _message(self) -> str:
        by_file: dict[str | None, list[Fault]] = {}
        for fault in self.faults:
            by_file.setdefault(fault.file, []).append(fault)
        lines: list[str] = []
        for file, faults in by_file.items():
            lines += [str(fault) for fault in faults[:FAULTS_SHOWN]]
            hidden = len(faults) - FAULTS_SHOWN
            if hidden > 0:
                lines.append(f"{file or 'input'}: ... and {hidden} more faults")
        return "\n".join(lines)


def range_faults(key: str, numbers: Iterable[tuple[str, float, float, float]]) -> list[Fault]:
    """Faults of numbers outside their range.

    Parameters
    ----------
    key : what they belong to, as in a project.toml.
    numbers : name, value, least and most of each.

    Examples
    --------
    >>> [fault.key for fault in range_faults("norm", [("percentile", 120, 1, 99), ("max_minutes", 30, 1, 1440)])]
    ['norm.percentile']
    """
    return [
        Fault(f"must be from {low:g} to {high:g}", value=f"{value:g}", key=f"{key}.{name}")
        for name, value, low, high in numbers
        if not low <= value <= high
    ]


class TableError(InputError):
    """A table of sites, practices, areas or groups is at fault."""


class StreetsError(InputError):
    """A street network cannot be read or used."""


class FeedError(InputError):
    """A GTFS feed cannot be read or used."""


class ProjectError(InputError):
    """A project.toml, or an argument that says the same, is at fault."""
