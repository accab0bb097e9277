"""What a result says: the title, the sub-line, the remarks, one sentence per site, the worst places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.areas import OUTSIDE
from geoaccess.access.nearest import minutes_column
from geoaccess.access.reason import NOT_LINKED
from geoaccess.present import visit_findings
from geoaccess.present.classes import (
    TIME_CLASSES,
    beyond_norm,
    time_classes,
)
from geoaccess.present.text import (
    DASH,
    date_words,
    knows,
    minutes_words,
    number,
    percent,
    plain,
    say,
)
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Context, Result


def title(result: Result) -> str:
    """State the finding in one sentence: how many people have no feasible visit, and what stops most of them.

    Where nobody judged visits it is `travel_title`.
    """
    return visit_findings.title(result) if visit_findings.judged(result) else travel_title(result)


def travel_title(result: Result) -> str:
    """State in one sentence how many people cannot get to a GP within the norm.

    Counts housing sites instead where numbers of residents cannot tell: none are known at all, or only
    sites with unknown residents are beyond the norm.
    """
    totals, context = result.totals, result.context
    language = context.language
    if not totals.sites:
        return say(language, "no_sites_at_all")
    norm, means, way = minutes_words(context.norm_minutes, language), "", way_of(context)
    if context.transit:
        means = say(language, f"means_{way}")
    else:
        norm = say(language, f"norm_{way}", norm=norm)
    persons = totals.residents > 0 and (totals.residents_beyond > 0 or not totals.sites_beyond)
    beyond: float = totals.residents_beyond if persons else totals.sites_beyond
    total: float = totals.residents if persons else totals.sites
    if not totals.sites_beyond:
        key = "no_persons" if persons else "no_sites_beyond"
    elif persons and beyond == total:
        key = "all_persons"
    else:
        key = "some_persons" if persons else "some_sites"
    return say(
        language,
        key,
        beyond=number(beyond, language),
        total=number(total, language),
        share=percent(beyond / total, language),
        can=say(language, "can_one" if round(beyond) == 1 else "can_more"),
        norm=norm,
        means=means,
    )


def way_of(context: Context) -> str:
    """Name the means of travel, as the keys of the wording do: walk, transit, cycle or cycle_transit."""
    if context.cycle_kmh is None:
        return "transit" if context.transit else "walk"
    return "cycle_transit" if context.transit else "cycle"


def percentile_words(context: Context) -> str:
    """Say which of the travel times of the window is shown."""
    if context.percentile == 50:
        return say(context.language, "median")
    shown = number(context.percentile, context.language, 1)
    return say(context.language, "percentile", percentile=shown)


def subline(result: Result) -> str:
    """Say under the title what it counts: feasible visits, or where nobody judged these, travel times."""
    context = result.context
    if not visit_findings.judged(result):
        return subtitle(context)
    how = say(context.language, f"how_{way_of(context)}") + _lines_words(context)
    return visit_findings.subtitle(result, f"{how}; {limits_words(context)}")


def subtitle(context: Context) -> str:
    """Say how travel time was measured: measure, day, time window, percentile and limits of walking and cycling."""
    language = context.language
    measure = say(language, f"measure_{way_of(context)}") + _lines_words(context)
    return " · ".join((measure, departure_words(context), limits_words(context)))


def _lines_words(context: Context) -> str:
    """Say that it is not known when lines run, where it is not."""
    if context.draws <= 1:
        return ""
    return say(context.language, "of_lines", draws=str(context.draws))


def departure_words(context: Context) -> str:
    """Say of which departures the travel times are, and which of them is shown."""
    departure = say(
        context.language,
        "departure",
        date=date_words(context.date, context.language, weekday=True),
        start=context.window[0],
        end=context.window[1],
    )
    return f"{departure} · {percentile_words(context)}"


def limits_words(context: Context) -> str:
    """Say how fast and how far people walk and cycle, and how long they are on their way."""
    language, total_min = context.language, context.max_walk_total_min
    walk = {"walk": minutes_words(context.max_walk_min, language)}
    if total_min is not None:
        walk["total"] = minutes_words(total_min, language)
    own = {
        "speed": number(context.walk_kmh, language, 1),
        "walk": say(language, "walk_limits" if "total" in walk else "walk_limit", **walk),
        "longest": minutes_words(context.max_minutes, language),
    }
    if context.cycle_kmh is not None and context.max_cycle_min is not None:
        own["cycle"] = number(context.cycle_kmh, language, 1)
        own["ride"] = minutes_words(context.max_cycle_min, language)
    return say(language, "limits_cycle" if "cycle" in own else "limits", **own)


def remarks(result: Result) -> list[str]:
    """Sentences a reader of the title must know: unknown residents, sites without data."""
    language = result.context.language
    found = []
    for key, count in (
        ("remark_unknown", result.totals.sites_unknown_residents),
        ("remark_not_linked", int((result.sites["reason"] == NOT_LINKED).sum())),
    ):
        word = tell if key == "remark_not_linked" and visit_findings.judged(result) else say
        if count == 1:
            found.append(word(language, f"{key}_one"))
        elif count:
            found.append(word(language, key, count=number(count, language)))
    if "minutes_car" in result.sites:
        found.append(_car_words(result))
    return found


def _car_words(result: Result) -> str:
    """Contrast with the car in one sentence that says that it is one."""
    language, minutes = result.context.language, result.sites["minutes_car"].to_numpy(dtype=float)
    reached = minutes[np.isfinite(minutes)]
    if not len(reached):
        return say(language, "remark_car_none")
    return say(
        language,
        "remark_car",
        minutes=minutes_words(round(float(np.median(reached))), language),
        count=number(len(reached), language),
        total=number(len(minutes), language),
    )


def source_line(context: Context) -> str:
    """Name sources, reference date and who worked on them, as the foot of a map must."""
    version = plain(context.versions.get("geoaccess"))
    return say(
        context.language,
        "source",
        sources="; ".join(plain(source).rstrip(".") for source in context.sources) or DASH,
        date=date_words(context.date, context.language),
        version=f" {version}" if version else "",
        made_on=date_words(context.made_on, context.language),
    )


def made_up_line(context: Context) -> str:
    """Warn that the data are made up; empty for real data."""
    if not context.made_up:
        return ""
    language = context.language
    return f"{say(language, 'made_up')} {DASH} {say(language, 'made_up_more')}"


def surface_words(result: Result) -> str:
    """Say what the cells of the access surface are; empty where none was measured."""
    if result.surface is None:
        return ""
    language = result.context.language
    side = number(result.surface.attrs["cell_m"], language)
    return say(language, "surface", side=side)


def surface_classes(result: Result) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Index into `TIME_CLASSES` for every cell of the access surface, at the percentile of the norm."""
    cells = result.surface
    if cells is None:
        return np.array([], dtype=np.int64)
    return time_classes(cells[minutes_column(result.context.percentile)], cells["reason"])


def surface_counts(result: Result) -> list[int]:
    """Count the cells of each of `TIME_CLASSES`."""
    counts: list[int] = np.bincount(surface_classes(result), minlength=len(TIME_CLASSES)).tolist()
    return counts


def residents_words(residents: float, language: str) -> str:
    """Write a number of residents ("1 bewoner", "aantal bewoners onbekend")."""
    if not math.isfinite(residents):
        return say(language, "residents_unknown")
    if residents == 1:
        return say(language, "residents_one")
    return say(language, "residents_more", count=number(residents, language))


def reason_words(reason: str, language: str) -> str:
    """Write a reason code in words; a code unknown here is shown as it is."""
    return say(language, reason) if knows(reason) else reason


def site_names(sites: pd.DataFrame) -> list[str]:
    """Return a readable name for every site: its own, or else its id."""
    names = sites["name"] if "name" in sites else [None] * len(sites)
    return [plain(name) or plain(key) for name, key in zip(names, sites["site_id"], strict=True)]


def class_counts(result: Result) -> list[tuple[int, float, int]]:
    """Sites, known residents and sites with unknown residents of every class in `TIME_CLASSES`.

    Where sites are in a class but nobody's number is known, its residents are NaN: 0 would say that nobody lives there.
    """
    index = time_classes(result.sites["minutes"], result.sites["reason"])
    residents = result.sites["residents"].to_numpy(dtype=float)
    counts = []
    for number_of_class in range(len(TIME_CLASSES)):
        inside = residents[index == number_of_class]
        unknown = int(np.isnan(inside).sum())
        persons = np.nan if 0 < len(inside) == unknown else float(np.nansum(inside))
        counts.append((len(inside), persons, unknown))
    return counts


def area_names(areas: pd.DataFrame, language: str) -> list[str]:
    """Return a readable name for every area: its own, or else its code."""
    outside = say(language, "outside_areas")
    return [
        outside if key == OUTSIDE else plain(name) or plain(key)
        for name, key in zip(areas["name"], areas["area_id"], strict=True)
    ]


def worst_areas(result: Result) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row numbers of the areas with anyone beyond the norm, most people first."""
    areas = result.areas
    order = pd.DataFrame(
        {
            "persons": areas["residents_beyond"].fillna(0.0).to_numpy(dtype=float),
            "sites": areas["sites_beyond"].to_numpy(dtype=float),
            "key": areas["area_id"].astype(str).to_numpy(),
        }
    ).sort_values(["persons", "sites", "key"], ascending=[False, False, True], kind="stable")
    return order.index[order["sites"].to_numpy() > 0].to_numpy(dtype=np.int64)


def worst_sites(result: Result) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row numbers of the sites beyond the norm, most residents first, then the longest time."""
    sites = result.sites
    order = pd.DataFrame(
        {
            "residents": sites["residents"].fillna(0.0).to_numpy(dtype=float),
            "minutes": sites["minutes"].fillna(math.inf).to_numpy(dtype=float),
            "key": sites["site_id"].astype(str).to_numpy(),
        }
    ).sort_values(["residents", "minutes", "key"], ascending=[False, False, True], kind="stable")
    return order.index[beyond_norm(sites["reason"])[order.index]].to_numpy(dtype=np.int64)


def area_words(area: pd.Series, language: str, *, short: bool = False) -> str:
    """Write how many people in an area are beyond the norm ("120 van 400 personen (30%)")."""
    residents = float(area["residents"])
    if math.isfinite(residents) and residents > 0:
        return say(
            language,
            "of_persons_short" if short else "of_persons",
            beyond=number(float(area["residents_beyond"]), language),
            total=number(residents, language),
            share=percent(float(area["share_beyond"]), language),
        )
    if not area["sites"]:
        return say(language, "of_no_sites")
    return say(
        language,
        "of_sites_short" if short else "of_sites",
        beyond=number(int(area["sites_beyond"]), language),
        total=number(int(area["sites"]), language),
    )
