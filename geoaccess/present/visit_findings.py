"""What feasible visits say: the title, the sub-line, persons by reason, the worst sites and areas, the barriers.

A result holds tables of visits, reasons, verdicts and so on, empty where nobody judged visits; what is told here is of
the main kind of care. Persons are float, for a share of a site's residents need not be whole; they are rounded where
they are written.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.areas import OUTSIDE
from geoaccess.access.cascade import TOTAL
from geoaccess.access.why import CODES, FEASIBLE, REASONS
from geoaccess.present.reason_classes import FEASIBLE_CLASS, reason_classes
from geoaccess.present.reason_text import care_words, main_care, persons_words
from geoaccess.present.text import date_words, minutes_words, number, percent
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Result

Array = np.ndarray[Any, Any]


def judged(result: Result) -> bool:
    """Whether the result says who has a feasible visit."""
    return len(result.verdicts) > 0 and len(result.sites) > 0


def care_of(result: Result) -> str:
    """Name the main kind of care."""
    return main_care(result.reasons)


def main_reasons(result: Result) -> pd.DataFrame:
    """Rows of the reasons of the main kind of care, with the row number of the site in ``site``."""
    reasons = result.reasons
    rows = reasons[reasons["care"] == care_of(result)]
    place = pd.Index(result.sites["site_id"]).get_indexer(rows["site_id"])
    found: pd.DataFrame = rows.assign(site=place).loc[place >= 0].reset_index(drop=True)
    return found


def verdicts(result: Result) -> pd.DataFrame:
    """Verdict of every site in the order of `Result.sites`; a site without groups counts as unknown."""
    table = result.verdicts.set_index("site_id")
    return table.reindex(result.sites["site_id"]).reset_index()


def site_classes(result: Result) -> Array:
    """Index into `REASON_CLASSES` of every site: the reason of most people without a feasible visit there."""
    return reason_classes(verdicts(result)["reason"].fillna(FEASIBLE))


def half_fails(result: Result) -> Array:
    """Sites where at least half of the people have no feasible visit."""
    share = verdicts(result)["share_failing"].to_numpy(dtype=float, na_value=math.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(share >= 0.5 - 1e-9)


def reason_counts(result: Result) -> list[tuple[int, float]]:
    """Sites and persons of every reason in `REASON_CLASSES`: sites by their colour, persons by their own reason."""
    sites = np.bincount(site_classes(result), minlength=len(CODES))
    rows = main_reasons(result)
    code = reason_classes(rows["reason"])
    persons = rows["residents"].to_numpy(dtype=float)
    known = np.isfinite(persons)
    sums = np.bincount(code[known], weights=persons[known], minlength=len(CODES))
    return list(zip(sites.tolist(), sums.tolist(), strict=True))


def failing_persons(result: Result) -> tuple[float, float]:
    """Persons without a feasible visit, and all persons, of the sites whose residents are known."""
    table = verdicts(result)
    known = table["residents"].notna() & table["persons_failing"].notna()
    return (
        math.fsum(table.loc[known, "persons_failing"]),
        math.fsum(table.loc[known, "residents"]),
    )


def title(result: Result) -> str:
    """State for how many people a visit is not feasible, and what stops most of them.

    Counts housing sites where numbers of residents cannot tell.
    """
    language = result.context.language
    care = _care_noun(care_of(result), language)
    failing, total = failing_persons(result)
    sites = int((site_classes(result) != FEASIBLE_CLASS).sum())
    if total <= 0 or (failing <= 0 and sites):
        values = {
            "failing": number(sites, language),
            "total": number(len(result.sites), language),
            "share": percent(sites / max(1, len(result.sites)), language),
            "care": care,
        }
        return tell(language, "some_sites_cannot" if sites else "all_sites_can", **values)
    words = {"total": number(round(total), language), "care": care}
    if failing <= 0:
        return tell(language, "all_can", **words)
    if failing >= total * (1 - 1e-9):
        return tell(language, "all_cannot", **words) + _why(result, total)
    dutch_one = persons_words(failing, language).endswith("1") and round(failing) <= 1
    said = tell(
        language,
        "some_cannot",
        failing=persons_words(failing, language),
        share=percent(failing / total, language),
        can="kan" if dutch_one else "kunnen",
        **words,
    )
    return said + _why(result, failing)


def _care_noun(care: str, language: str) -> str:
    """Kind of care as the titles take it: bare in Dutch, with its article in English."""
    said = care_words(care, language, "a")
    return said if language == "en" else said.removeprefix("een ")


def _why(result: Result, failing: float) -> str:
    """Say which reason stops most people; nothing where that would be nobody."""
    language, care = result.context.language, care_of(result)
    persons = [persons for _, persons in reason_counts(result)][:FEASIBLE_CLASS]
    first = int(np.argmax(persons))
    if persons[first] <= 0:
        return ""
    count = persons_words(persons[first], language)
    everybody = persons[first] >= failing * (1 - 1e-9)
    return tell(
        language,
        f"why_{REASONS[first]}",
        whom=tell(language, "them_all") if everybody else tell(language, "of_them", count=count),
        a=care_words(care, language, "a"),
        the=care_words(care, language, "the"),
        norm=minutes_words(result.context.norm_minutes, language),
    )


def subtitle(result: Result, how: str) -> str:
    """Say what a feasible visit is, in which week, by which norm; ``how`` names the limits of the traveller."""
    context = result.context
    language = context.language
    consult = tell(language, "consult_plain")
    if (minutes := _consult_min(result)) is not None:
        consult = tell(language, "consult", minutes=minutes_words(minutes, language))
    monday = context.date - dt.timedelta(days=context.date.weekday())
    norm = minutes_words(context.norm_minutes, language)
    measure = tell(language, "measure", consult=consult, norm=norm, how=how)
    week = tell(
        language,
        "week",
        start=date_words(monday, language),
        end=date_words(monday + dt.timedelta(days=6), language),
    )
    return f"{measure} · {week}"


def _consult_min(result: Result) -> float | None:
    """Length of a consultation, as the assumptions name it; None where they do not."""
    table = result.assumptions
    if not {"parameter", "value"} <= set(table.columns):
        return None
    found = pd.to_numeric(table.loc[table["parameter"] == "consult_min", "value"], errors="coerce")
    return float(found.iloc[0]) if found.notna().any() else None


def area_failing(result: Result) -> pd.DataFrame:
    """People without a feasible visit in every area, in the order of `Result.areas`.

    Returns
    -------
    DataFrame
        residents, failing (persons, of sites whose residents are known), share (0..1, NaN where nobody is known) and
        reason (code of most failing persons, "feasible" where there are none).
    """
    table = verdicts(result)
    area = result.sites["area_id"].where(result.sites["area_id"].notna(), OUTSIDE)
    place = pd.Index(result.areas["area_id"]).get_indexer(area)
    count = len(result.areas)
    known = (
        (place >= 0)
        & table["residents"].notna().to_numpy()
        & table["persons_failing"].notna().to_numpy()
    )
    sums = {
        name: np.bincount(
            place[known], weights=table[column].to_numpy(dtype=float)[known], minlength=count
        )
        for name, column in (("residents", "residents"), ("failing", "persons_failing"))
    }
    share = np.divide(
        sums["failing"],
        sums["residents"],
        out=np.full(count, np.nan),
        where=sums["residents"] > 0,
    )
    return pd.DataFrame({**sums, "share": share, "reason": _area_reasons(result, place)})


def _area_reasons(result: Result, place: Array) -> Array:
    """Reason of most failing persons of each area; ``place`` is the area of each site, -1 for none."""
    rows = main_reasons(result)
    area = place[rows["site"].to_numpy()]
    persons = rows["residents"].fillna(0.0).to_numpy(dtype=float)
    code = reason_classes(rows["reason"])
    inside = (area >= 0) & (code != FEASIBLE_CLASS)
    sums = np.zeros((len(result.areas), len(CODES)))
    np.add.at(sums, (area[inside], code[inside]), persons[inside])
    first = np.where(sums.max(axis=1, initial=0.0) > 0, sums.argmax(axis=1), FEASIBLE_CLASS)
    return np.array(CODES, dtype=object)[first]


def worst_sites(result: Result) -> Array:
    """Row numbers of the sites with people without a feasible visit, most of them first."""
    table = verdicts(result)
    order = pd.DataFrame(
        {
            "persons": table["persons_failing"].fillna(0.0).to_numpy(dtype=float),
            "share": table["share_failing"].fillna(0.0).to_numpy(dtype=float),
            "key": table["site_id"].astype(str).to_numpy(),
        }
    ).sort_values(["persons", "share", "key"], ascending=[False, False, True], kind="stable")
    found: Array = order.index[(site_classes(result) != FEASIBLE_CLASS)[order.index]].to_numpy()
    return found.astype(np.int64)


def cascade_of(result: Result, area_id: str = TOTAL) -> list[float]:
    """Persons at the start and after each step of the barriers in an area; empty where there are none."""
    table = result.cascade
    rows = table[(table["care"] == care_of(result)) & (table["area_id"] == area_id)]
    return _bars(rows)


def cascades(result: Result) -> dict[str, list[float]]:
    """Barriers of every area that has any people, by area_id, everybody ("total") first."""
    table = result.cascade
    table = table[table["care"] == care_of(result)]
    found = {str(key): _bars(rows) for key, rows in table.groupby("area_id", sort=False)}
    found = {key: bars for key, bars in found.items() if bars and bars[0] > 0}
    return {key: found[key] for key in sorted(found, key=lambda key: key != TOTAL)}


def _bars(rows: pd.DataFrame) -> list[float]:
    step = {code: k for k, code in enumerate(REASONS)}
    rows = rows.assign(order=rows["step"].map(step)).sort_values("order")
    if not len(rows):
        return []
    remaining = rows["persons_remaining"].to_numpy(dtype=float)
    return [float(remaining[0] + rows["persons_lost"].iloc[0]), *remaining.tolist()]


def step_words(result: Result) -> list[str]:
    """Name the start and every step of the barriers."""
    language, care = result.context.language, care_of(result)
    norm = minutes_words(result.context.norm_minutes, language)
    name = care_words(care, language, "a")
    return [tell(language, f"step_{code}", care=name, norm=norm) for code in ("start", *REASONS)]
