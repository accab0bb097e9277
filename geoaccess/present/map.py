"""The interactive map: one HTML file that needs nothing but a browser.

Leaflet, the data and all drawing are inside the file, and a content security policy forbids the page to
load anything else or to run any script but its own. Data travel as compact columns, so that thousands of
sites stay usable. There is one map panel for each separate region of sites.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from geoaccess.errors import Fault, ProjectError
from geoaccess.present import (
    classes,
    findings,
    map_data,
    map_surface,
    map_visits,
    panel,
    panel_symbols,
    practice_text,
)
from geoaccess.present.leaflet import leaflet_css, leaflet_js
from geoaccess.present.regions import regions
from geoaccess.present.text import DASH, plain, say

if TYPE_CHECKING:
    from os import PathLike

    from geoaccess.present.regions import Region
    from geoaccess.result import Result


@dataclass(frozen=True)
class MapPage:
    """A finished map page; shows itself in a notebook."""

    html: str

    def save(self, path: str | PathLike[str]) -> None:
        """Write the page to ``path`` (UTF-8)."""
        Path(path).write_text(self.html, encoding="utf-8", newline="\n")

    def __repr__(self) -> str:
        return f"MapPage({len(self.html):,} characters of HTML)"

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" style="width:100%;height:680px;border:1px solid #ccc">'
            "</iframe>"
        )


def make_map(result: Result, tiles: str | None = None) -> MapPage:
    """Draw the result as an interactive map in one file that makes no request to the internet.

    Parameters
    ----------
    result : measures of a study.
    tiles : name of a background map that folium knows ("OpenStreetMap", "nlmaps.standaard"), or a URL with
        {z}, {x} and {y}. Only then does the page load images from the internet. Without it the streets of
        the study are the background.

    Returns
    -------
    MapPage
        call ``.save("map.html")``.

    Raises
    ------
    ProjectError
        where ``tiles`` is no known background map.
    """
    context = result.context
    parts = regions(result)
    source = _tile_source(tiles)
    script = "".join(_asset(name) for name in ("visits.js", "surface.js", "map.js"))
    library = leaflet_js()
    html = Template(_asset("map.html")).substitute(
        language="en" if context.language == "en" else "nl",
        policy=_policy([library, script], source),
        page_title=escape(plain(context.title) or findings.title(result)),
        leaflet_css=leaflet_css(),
        css=_asset("map.css") + _asset("visits.css"),
        symbols=panel_symbols.symbols(result),
        banner=_banner(result),
        title=escape(findings.title(result)),
        subtitle=escape(findings.subline(result)),
        remarks="".join(
            f'<p class="remark">{escape(remark)}</p>'
            for remark in [" ".join(findings.remarks(result))]
            if remark
        ),
        maps=_holders(parts, context.language),
        legend_label=escape(say(context.language, "legend")),
        panel=panel.panel(result, tiles=bool(source)),
        source=escape(findings.source_line(context)),
        data=_script_json(_payload(result, parts, source)),
        leaflet_js=library,
        script=script,
    )
    return MapPage(html)


def _payload(result: Result, parts: list[Region], source: dict[str, str] | None) -> dict[str, Any]:
    language = result.context.language
    origin = map_data.origin(result, parts)
    cells = map_surface.surface_parts(result, parts)
    drawn = map_data.parts(result, parts, origin)
    return {
        "language": language,
        "words": {key: say(language, key) for key in ("zoom_in", "zoom_out", "close")},
        "siteWords": map_data.site_words(result),
        "visits": map_visits.page_words(result),
        "kinds": len(practice_text.kinds(result)),
        "cellWords": map_surface.cell_words(result),
        "tiles": source,
        "origin": origin,
        "timeStyles": [
            {
                "fill": panel_symbols.time_fill(k),
                "plain": time_class.fill,
                "mark": time_class.mark,
                "unknown": f"url(#unknown-{k})",
            }
            for k, time_class in enumerate(classes.TIME_CLASSES)
        ],
        "cellFills": classes.CELL_FILLS,
        "cellOpacity": classes.CELL_OPACITY,
        "shareStyles": [
            {"fill": panel_symbols.share_fill(k)} for k in range(len(classes.SHARE_CLASSES))
        ],
        "outlines": [classes.OUTLINE, classes.OUTLINE_BEYOND],
        "weights": classes.line_widths(len(result.sites)),
        "areaLine": classes.AREA_LINE,
        "areaOpacity": 0.7 if source else 1,
        "hatch": classes.HATCH_LINE,
        "unknownRadius": classes.unknown_radius(len(result.sites)),
        "parts": [part | {"surface": each} for part, each in zip(drawn, cells, strict=True)],
    }


def _holders(parts: list[Region], language: str) -> str:
    """Return one panel per region; a map of one region needs no name above it."""
    label = escape(say(language, "map_label"))
    holders = []
    for k, part in enumerate(parts):
        name = escape(part.name)
        bar = ""
        if len(parts) > 1:
            hint = escape(say(language, "zoom_to"))
            bar = f'<button type="button" class="panel-name" data-region="{k}" title="{hint}: {name}">{name}</button>'
        holders.append(
            f'<section class="panel" aria-label="{label}: {name}">{bar}<div class="map" id="map-{k}"></div></section>'
        )
    warning = escape(say(language, "needs_script"))
    return "".join(holders) + f'<noscript><p class="no-script">{warning}</p></noscript>'


def _banner(result: Result) -> str:
    context = result.context
    if not context.made_up:
        return ""
    label = escape(say(context.language, "made_up"))
    more = escape(say(context.language, "made_up_more"))
    return f'<div class="banner" role="note">{label} <span>{DASH} {more}</span></div>'


def _policy(scripts: list[str], source: dict[str, str] | None) -> str:
    """Content security policy: only the page's own scripts run, nothing is loaded but tiles asked for."""
    digests = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    images = f"data: {source['host']}" if source else "data:"
    return escape(
        f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src {images};"
        " base-uri 'none'; form-action 'none'"
    )


def _tile_source(tiles: str | None) -> dict[str, str] | None:
    """Address and credit of a background map, looked up by folium where only its name is given."""
    if not tiles:
        return None
    import folium

    credit = escape(urlsplit(tiles).netloc) if "{" in tiles else None
    try:
        layer = folium.TileLayer(tiles, attr=credit)
    except ValueError as error:
        fault = Fault(
            "is no background map that folium knows",
            value=tiles,
            remedy="give a name such as OpenStreetMap, or a URL with {z}, {x} and {y}",
        )
        raise ProjectError(fault) from error
    address = urlsplit(layer.tiles.replace("{s}.", ""))
    return {
        "url": layer.tiles,
        "attribution": str(layer.options.get("attribution") or ""),
        "host": f"{address.scheme}://{'*.' if '{s}' in layer.tiles else ''}{address.netloc}",
    }


def _script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in, nor break a line of it."""

    def simple(item: Any) -> Any:
        if isinstance(item, np.generic):
            return item.item()
        raise TypeError(f"{type(item)} is no JSON")

    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=simple
    )
    for risky, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(risky, code)
    return text


def _asset(name: str) -> str:
    return resources.files("geoaccess.present").joinpath("assets", name).read_text("utf-8")
