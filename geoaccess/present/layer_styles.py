"""Styles with which QGIS opens the layers of result.gpkg: sites by why a visit fails, areas by for how many.

QGIS reads its table `layer_styles` in a GeoPackage (https://docs.qgis.org, "Saving styles in a database"): the default
style of a layer is taken as it is opened. Colours are those of the maps.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from geoaccess.present.classes import SHARE_BOUNDS, SHARE_CLASSES, SHARE_NO_DATA
from geoaccess.present.reason_classes import REASON_CLASSES
from geoaccess.present.reason_text import reason_label
from geoaccess.present.text import say

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP
)
"""
_REGISTER = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)
"""
_INSERT = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
    styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)
"""
_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"

#: value or bounds, label, fill of a class
Entry = tuple[str, str, str]


def write_styles(path: Path, language: str, made_on: datetime.date) -> None:
    """Add the styles of the layers sites and areas to a GeoPackage that has the columns of visits.

    Parameters
    ----------
    path : the GeoPackage, complete.
    language : of the legends, "nl" or "en".
    made_on : date of the run, so that the same result gives the same file.
    """
    reasons = [(each.code, reason_label(each.code, language), each.fill) for each in REASON_CLASSES]
    moment = f"{made_on.isoformat()}T00:00:00.000Z"
    styles = (
        ("sites", "reason_visit", by_category("reason_visit", reasons)),
        ("areas", "share_failing", by_share("share_failing", language)),
    )
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_TABLE)
        database.execute(_REGISTER, (moment,))
        for layer, name, style in styles:
            database.execute(_INSERT, (layer, name, style, name, moment))


def by_category(column: str, entries: list[Entry]) -> str:
    """Style (QML) of points with a colour for each value of a column."""
    categories = "".join(
        f'<category value={quoteattr(value)} label={quoteattr(label)} symbol="{k}" render="true"/>'
        for k, (value, label, _) in enumerate(entries)
    )
    symbols = "".join(_symbol("marker", k, fill) for k, (*_, fill) in enumerate(entries))
    return _style(
        f'<renderer-v2 type="categorizedSymbol" attr="{column}" symbollevels="0" enableorderby="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def by_share(column: str, language: str) -> str:
    """Style (QML) of polygons in the classes of shares of the maps."""
    bounds = (*SHARE_BOUNDS, 1.0)
    shares = SHARE_CLASSES[:SHARE_NO_DATA]
    ranges = "".join(
        f'<range lower="{lower:.6f}" upper="{upper:.6f}" symbol="{k}" render="true"'
        f" label={quoteattr(say(language, f'share_{each.code}'))}/>"
        for k, (lower, upper, each) in enumerate(
            zip((-1e-6, *bounds), bounds, shares, strict=False)
        )
    )
    symbols = "".join(_symbol("fill", k, each.fill) for k, each in enumerate(shares))
    return _style(
        f'<renderer-v2 type="graduatedSymbol" attr="{column}" graduatedMethod="GraduatedColor" symbollevels="0">'
        f"<ranges>{ranges}</ranges><symbols>{symbols}</symbols></renderer-v2>"
    )


def _style(renderer: str) -> str:
    return f'{_HEAD}<qgis version="3.22.0" styleCategories="Symbology">{renderer}</qgis>\n'


def _symbol(kind: str, number: int, fill: str) -> str:
    """Symbol of one class; older QGIS reads `prop`, newer `Option`."""
    marker = {"name": "circle", "size": "3.2", "size_unit": "MM"}
    polygon = {"style": "solid", "outline_style": "solid"}
    settings = {
        "color": _colour(fill),
        "outline_color": _colour("#6b6b6b"),
        "outline_width": "0.2",
        "outline_width_unit": "MM",
        **(marker if kind == "marker" else polygon),
    }
    options = "".join(
        f'<Option type="QString" name="{name}" value="{value}"/>'
        for name, value in settings.items()
    )
    props = "".join(f'<prop k="{name}" v="{value}"/>' for name, value in settings.items())
    layer = "SimpleMarker" if kind == "marker" else "SimpleFill"
    return (
        f'<symbol type="{kind}" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option>{props}</layer>'
        "</symbol>"
    )


def _colour(code: str) -> str:
    """Colour as QGIS writes it: red, green, blue, opacity."""
    red, green, blue = (int(code[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},255"
