"""sites.csv and areas.csv, made to open in a spreadsheet with a double click and to be read back.

UTF-8 with a byte order mark; for Dutch `;` between fields and a decimal comma, for English `,` and a
decimal point. An unreachable site has an empty time plus a reason in code and in words. Text from input
files that a spreadsheet would run as a formula gets an apostrophe in front.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from geoaccess.present.records import area_records, site_records

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from geoaccess.result import Result

#: starts of text that a spreadsheet takes for a formula, half and full width; a plain number is harmless
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_HARMLESS = re.compile(r"-|[+-]?\d+([.,]\d+)?")


def defused(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> defused("=1+1"), defused("Park X"), defused("-12"), defused("-")
    ("'=1+1", 'Park X', '-12', '-')
    """
    risky = _FORMULA.match(text) and not _HARMLESS.fullmatch(text)
    return f"'{text}" if risky else text


def write_sites_csv(result: Result, path: Path) -> None:
    """Write one row per site in input order; columns as in `records.site_records`."""
    _write(site_records(result), path, result.context.language)


def write_areas_csv(result: Result, path: Path) -> None:
    """Write one row per area in input order; columns as in `records.area_records`."""
    _write(area_records(result), path, result.context.language)


def _write(records: gpd.GeoDataFrame, path: Path, language: str) -> None:
    table = pd.DataFrame(records.drop(columns="geometry"))
    for column in table.columns:
        if table[column].dtype == object or pd.api.types.is_string_dtype(table[column]):
            table[column] = [
                defused(value) if isinstance(value, str) else value for value in table[column]
            ]
    separator, decimal = (",", ".") if language == "en" else (";", ",")
    table.to_csv(
        path,
        sep=separator,
        decimal=decimal,
        index=False,
        encoding="utf-8-sig",
        lineterminator="\r\n",
    )
