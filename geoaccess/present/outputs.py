"""Every map and table of a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.errors import ProjectError
from geoaccess.present.csvs import write_areas_csv, write_sites_csv
from geoaccess.present.drafts import output_faults, replacing
from geoaccess.present.findings import made_up_line, subtitle, title
from geoaccess.present.geopackage import write_geopackage
from geoaccess.present.workbook import write_workbook

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

    from geoaccess.result import Result

FILES = (
    "sites.csv",
    "areas.csv",
    "travel_times.parquet",
    "result.gpkg",
    "result.xlsx",
    "map.html",
    "map.png",
    "map.pdf",
)
#: only where an access surface was measured
SURFACE_FILE = "surface.parquet"


def write_outputs(result: Result, folder: Path | str, tiles: str | None = None) -> list[Path]:
    """Write sites.csv, areas.csv, travel_times.parquet, result.gpkg, result.xlsx, map.html, map.png, map.pdf.

    A result with an access surface has a surface.parquet as well.

    They take their places only when every one of them is finished, so that an error leaves what was there before.

    Parameters
    ----------
    result : measures of a study.
    folder : made if it is not there.
    tiles : background map from the internet for map.html, as in `make_map`; none by default.

    Returns
    -------
    list of Path
        the files, in the order above (`FILES`), surface.parquet last.

    Raises
    ------
    ProjectError
        where the folder or a file in it cannot be written, for instance because it is open in Excel.
    """
    folder = Path(folder)
    if faults := output_faults(folder):
        raise ProjectError(faults)
    with replacing(folder) as draft:
        _write_all(result, draft, tiles)
    names = FILES if result.surface is None else (*FILES, SURFACE_FILE)
    return [folder / name for name in names]


def _write_all(result: Result, draft: Path, tiles: str | None) -> None:
    # matplotlib is only loaded once it is needed
    from geoaccess.present.figure import make_figure, write_pdf, write_png
    from geoaccess.present.map import make_map

    write_sites_csv(result, draft / "sites.csv")
    write_areas_csv(result, draft / "areas.csv")
    write_times(result, draft / "travel_times.parquet")
    if result.surface is not None:
        write_surface(result.surface, result, draft / SURFACE_FILE)
    write_geopackage(result, draft / "result.gpkg")
    write_workbook(result, draft / "result.xlsx")
    make_map(result, tiles).save(draft / "map.html")
    sheet = make_figure(result)
    write_png(sheet, draft / "map.png")
    write_pdf(sheet, draft / "map.pdf", title(result))


def write_times(result: Result, path: Path) -> None:
    """Write travel_times.parquet: reachable pairs only, with what they mean in the metadata of the file.

    A percentile that a pair does not reach is empty, as in every other file.
    """
    import pyarrow as pa

    times = result.times.replace([np.inf], np.nan)
    _write_parquet(pa.Table.from_pandas(times, preserve_index=False), result, path)


def write_surface(cells: gpd.GeoDataFrame, result: Result, path: Path) -> None:
    """Write surface.parquet (GeoParquet): every cell, an empty time and a reason where there is no trip."""
    import pyarrow.parquet as pq

    plain = cells.replace([np.inf], np.nan)
    plain.attrs = {}
    plain.to_parquet(path, index=False)
    _write_parquet(pq.read_table(path), result, path, dict(cells.attrs))


def _write_parquet(
    table: pa.Table, result: Result, path: Path, more: dict[str, Any] | None = None
) -> None:
    """Write a table with what it means in the metadata of the file."""
    import pyarrow.parquet as pq

    context = result.context
    about = {
        "title": title(result),
        "measure": subtitle(context),
        "date": context.date.isoformat(),
        "window": list(context.window),
        "sources": list(context.sources),
        **(more or {}),
    }
    if context.made_up:
        about["label"] = made_up_line(context)
    metadata = {**(table.schema.metadata or {}), b"geoaccess": json.dumps(about).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)
