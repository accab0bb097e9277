"""Every map and table of a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.errors import ProjectError
from geoaccess.present.csvs import (
    ACCESS_FILE,
    TABLE_FILES,
    write_areas_csv,
    write_sites_csv,
    write_tables,
)
from geoaccess.present.drafts import output_faults, replacing
from geoaccess.present.findings import made_up_line, subtitle, title
from geoaccess.present.geopackage import write_geopackage
from geoaccess.present.visit_records import every_visit_records
from geoaccess.present.workbook import write_workbook

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

    from geoaccess.result import Result

FILES = (
    "sites.csv",
    "areas.csv",
    *TABLE_FILES,
    "travel_times.parquet",
    "result.gpkg",
    "result.xlsx",
    "map.html",
    "map.png",
    "map.pdf",
)
#: only where an access surface was measured, and where every visit was kept
SURFACE_FILE, VISITS_FILE = "surface.parquet", "visits.parquet"
#: files that only some results have
OPTIONAL_FILES = (ACCESS_FILE, VISITS_FILE, SURFACE_FILE)


def write_outputs(result: Result, folder: Path | str, tiles: str | None = None) -> list[Path]:
    """Write sites.csv, areas.csv, travel_times.parquet, result.gpkg, result.xlsx, map.html, map.png, map.pdf.

    With visits also visits.csv, reasons.csv, cascade.csv, capacity.csv and unplaced.csv; access.csv where catchment
    measures were asked for, visits.parquet where every visit was kept, surface.parquet with an access surface.

    They take their places only when every one of them is finished, so that an error leaves what was there before.

    Parameters
    ----------
    result : measures of a study.
    folder : made if it is not there.
    tiles : background map from the internet for map.html, as in `make_map`; none by default.

    Returns
    -------
    list of Path
        the files, in the order of `FILES`, then those of `OPTIONAL_FILES`.

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
        written = {path.name for path in draft.iterdir()}
    return [folder / name for name in (*FILES, *OPTIONAL_FILES) if name in written]


def _write_all(result: Result, draft: Path, tiles: str | None) -> None:
    # matplotlib is only loaded once it is needed
    from geoaccess.present.figure import make_pages, write_pdf, write_png
    from geoaccess.present.map import make_map

    write_sites_csv(result, draft / "sites.csv")
    write_areas_csv(result, draft / "areas.csv")
    write_tables(result, draft)
    write_every_visit(result, draft / VISITS_FILE)
    write_times(result, draft / "travel_times.parquet")
    if result.surface is not None:
        write_surface(result.surface, result, draft / SURFACE_FILE)
    write_geopackage(result, draft / "result.gpkg")
    write_workbook(result, draft / "result.xlsx")
    make_map(result, tiles).save(draft / "map.html")
    pages = make_pages(result)
    write_png(pages[0], draft / "map.png")
    write_pdf(pages, draft / "map.pdf", title(result))


def write_times(result: Result, path: Path) -> None:
    """Write travel_times.parquet: reachable pairs only, with what they mean in the metadata of the file.

    A percentile that a pair does not reach is empty, as in every other file.
    """
    import pyarrow as pa

    times = result.times.replace([np.inf], np.nan)
    _write_parquet(pa.Table.from_pandas(times, preserve_index=False), result, path)


def write_every_visit(result: Result, path: Path) -> None:
    """Write visits.parquet: the best visit of each day to every practice, where these were kept."""
    import pyarrow as pa

    records = every_visit_records(result)
    if records is not None:
        _write_parquet(pa.Table.from_pandas(records, preserve_index=False), result, path)


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
