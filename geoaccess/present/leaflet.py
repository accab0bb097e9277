"""The Leaflet library as text to put inside a page, so that the page asks nothing of the internet."""

from __future__ import annotations

import base64
import re
from pathlib import Path

_IMAGE = re.compile(r"url\(\s*['\"]?(images/[\w.-]+)['\"]?\s*\)")
_BEHAVIOUR = re.compile(r"behavior:\s*url\([^)]*\);?")
_SOURCE_MAP = re.compile(r"//[#@] sourceMappingURL=\S*")


def leaflet_css() -> str:
    """Leaflet's style sheet with its images as data URIs."""
    folder = _folder()
    css = (folder / "leaflet.css").read_text("utf-8")

    def inline(match: re.Match[str]) -> str:
        image = base64.b64encode((folder / match[1]).read_bytes()).decode("ascii")
        return f"url(data:image/png;base64,{image})"

    return _IMAGE.sub(inline, _BEHAVIOUR.sub("", css))


def leaflet_js() -> str:
    """Leaflet's script without the pointer to its source map."""
    script = (_folder() / "leaflet.js").read_text("utf-8")
    return _SOURCE_MAP.sub("", script).replace("</script", "<\\/script").strip()


def _folder() -> Path:
    import xstatic.pkg.leaflet as package

    return Path(package.BASE_DIR)
