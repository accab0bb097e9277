"""The software that a result was made with."""

from __future__ import annotations

import importlib.metadata
import platform

#: software whose version can change a number or a picture
SOFTWARE = (
    "geoaccess", "folium", "geopandas", "matplotlib", "numba", "numpy", "osmium", "osmnx", "pandas", "pyarrow",
    "pyogrio", "pyproj", "scipy", "shapely",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Return the versions of Python and of the software whose version can change a number or a picture."""
    found = {"python": platform.python_version()}
    for name in SOFTWARE:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found
