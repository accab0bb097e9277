"""Text on a printed sheet: wrapped by its real width, made smaller, or cut, so that it always fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: line height as a multiple of the letter size, and the least size text is shrunk to
LEADING, SMALLEST = 1.25, 0.72
POINTS_PER_INCH = 72.0


def write(
    sheet: Figure,
    text: str,
    box: tuple[float, float, float],
    *,
    size: float,
    lines: int,
    color: str = "#1c1c1c",
    weight: str = "normal",
    style: str = "normal",
) -> float:
    """Write text in a box on the sheet and return where it ends.

    Parameters
    ----------
    sheet : figure.
    text : one paragraph; it is never read as a formula.
    box : left, top, width in inches, counted from the lower left corner of the sheet.
    size : letter size in points; it shrinks by up to a quarter before text is cut.
    lines : most lines.

    Returns
    -------
    float
        height in inches of the lower edge of the text.
    """
    left, top, width = box
    wrapped = wrap(text, width, size, weight)
    least = SMALLEST * size
    while len(wrapped) > lines and size - 0.25 >= least:
        size -= 0.25
        wrapped = wrap(text, width, size, weight)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], cut(wrapped[lines - 1] + " …", width, size, weight)]
    step = size * LEADING / POINTS_PER_INCH
    wide, high = sheet.get_size_inches()
    for k, line in enumerate(wrapped):
        sheet.text(
            left / wide,
            (top - k * step) / high,
            line,
            fontsize=size,
            color=color,
            fontweight=weight,
            fontstyle=style,
            va="top",
            ha="left",
            parse_math=False,
        )
    return top - len(wrapped) * step


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break a paragraph into lines of at most ``width`` inches; a word that is too long is broken, too."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size, weight) > width:
            lines.append(line)
            longer = word
        while text_width(longer, size, weight) > width and len(longer) > 1:
            fits = _fitting(longer, width, size, weight)
            lines.append(longer[:fits])
            longer = longer[fits:]
        line = longer
    return [*lines, line] if line else lines


def cut(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Shorten one line to ``width`` inches, with an ellipsis where something is lost."""
    if text_width(text, size, weight) <= width:
        return text
    kept = text[: _fitting(text, width - text_width("…", size, weight), size, weight)]
    return kept.rstrip(" …") + "…"


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width in inches of one line."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family=["DejaVu Sans"], size=size, weight=weight)
    width: Any = TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]
    return float(width) / POINTS_PER_INCH


def _fitting(text: str, width: float, size: float, weight: str) -> int:
    """How many leading characters fit: at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle], size, weight) <= width:
            low = middle
        else:
            high = middle - 1
    return low
