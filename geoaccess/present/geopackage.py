"""result.gpkg: sites, practices, areas and the access surface as layers for QGIS, in EPSG:28992 for Dutch data.

Times that do not exist are NULL with a reason beside them. With visits, sites carry why one is not feasible and for how
many people, areas the share of these, and QGIS opens both in these colours.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from geoaccess.present.findings import subtitle, title
from geoaccess.present.layer_styles import write_styles
from geoaccess.present.records import (
    area_records,
    practice_records,
    site_records,
    surface_records,
)
from geoaccess.present.regions import map_crs
from geoaccess.present.visit_records import table_of

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from geoaccess.result import Context, Result


def write_geopackage(result: Result, path: Path) -> None:
    """Write the layers sites, practices, areas and, where it was measured, surface to a new GeoPackage at ``path``."""
    crs = map_crs(result)
    layers = {
        "sites": (site_records(result), "Point"),
        "practices": (practice_records(result), "Point"),
        "areas": (area_records(result), "MultiPolygon"),
    }
    if result.surface is not None:
        layers["surface"] = (surface_records(result), "Polygon")
    about = _about(result)
    for layer, (records, kind) in layers.items():
        _write_layer(
            records.to_crs(crs), path, layer, kind=kind, about=about, context=result.context
        )
    if table_of(result, "verdicts") is not None:
        write_styles(path, result.context.language, result.context.made_on)


def _about(result: Result) -> str:
    lines = [title(result), subtitle(result.context), *result.context.sources]
    return "\n".join(lines)


def _write_layer(
    records: gpd.GeoDataFrame, path: Path, layer: str, *, kind: str, about: str, context: Context
) -> None:
    import pyogrio

    clock = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    # the date of the run instead of the clock, so that the same result gives the same file
    pyogrio.set_gdal_config_options(
        {"OGR_CURRENT_DATE": f"{context.made_on.isoformat()}T00:00:00.000Z"}
    )
    try:
        with warnings.catch_warnings():
            # a table that happens to be empty (no areas given) is no reason to warn the reader
            warnings.filterwarnings("ignore", message=".*empty.*")
            pyogrio.write_dataframe(
                records,
                path,
                layer=layer,
                driver="GPKG",
                geometry_type=kind,
                promote_to_multi=kind.startswith("Multi"),
                append=False,
                layer_metadata={"ABOUT": about},
                layer_options={"IDENTIFIER": f"{layer}: {context.title}", "DESCRIPTION": about},
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": clock})
