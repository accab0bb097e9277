"""A column of the printed sheet: headings, lines, notes and lists that fit into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoaccess.present.figure_text import cut, text_width, write
from geoaccess.present.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = 7.5
#: height of a row of a list in inches
ROW = 0.165


@dataclass(frozen=True, eq=False)
class Column:
    """A column of the sheet in which one inch is one unit of its axes."""

    sheet: Figure
    axes: Axes
    left: float
    right: float
    bottom: float
    language: str

    def say(self, key: str, **values: str) -> str:
        """Words of a key in the language of the sheet."""
        return say(self.language, key, **values)

    def heading(self, top: float, words: str) -> float:
        """Write a heading and return where it ends."""
        box = (self.left, top - 0.06, self.right - self.left)
        return write(self.sheet, words, box, size=8, lines=2, weight="bold") - 0.03

    def text(self, x: float, y: float, words: str, **style: Any) -> None:
        """Write words with their middle at a height."""
        self.axes.text(x, y, words, fontsize=SIZE, va="center_baseline", parse_math=False, **style)

    def note(self, top: float, words: str) -> float:
        """Write small grey text and return where it ends."""
        box = (self.left, top, self.right - self.left)
        return write(self.sheet, words, box, size=SIZE - 0.8, lines=2, color="#555555")


def rows_that_fit(column: Column, top: float, wanted: int, reserve: float) -> int:
    """How many rows fit above ``reserve`` inches at the foot of the column, under a heading."""
    return max(0, min(wanted, int((top - column.bottom - reserve - 0.3) / ROW)))


def list_rows(
    column: Column,
    top: float,
    heading: str,
    rows: list[tuple[str, str]],
    *,
    counted: bool,
    margin: float = 0.0,
) -> float:
    """Write a heading and rows of a bold name and a fact, and return where they end.

    Parameters
    ----------
    column : where to write.
    top : where the heading begins.
    heading : its words.
    rows : name and fact of each; a name is cut to leave room for the fact.
    counted : number the rows.
    margin : inches to leave free at the right, for a symbol.
    """
    if not rows:
        return top
    y = column.heading(top, heading) + 0.07
    left = column.left + (0.17 if counted else 0.0)
    for place, (name, fact) in enumerate(rows, start=1):
        y -= ROW
        if counted:
            column.text(column.left, y, str(place), fontweight="bold")
        room = column.right - margin - left - text_width(fact, SIZE) - 0.12
        column.text(left, y, cut(name, room, SIZE, "bold"), fontweight="bold")
        column.text(column.right - margin, y, fact, ha="right")
    return y - 0.11
