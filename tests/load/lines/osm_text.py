"""Small OpenStreetMap files as text, for the tests of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from geoaccess.load.lines.defaults import DEFAULTS
from geoaccess.load.lines.lines import Lines, load_lines

Tags = Mapping[str, str]
#: member of a relation: 'n1', 'w2' or 'r3', and its role
Members = Sequence[tuple[str, str]]

#: length of 0.01 degrees of longitude at the equator, where the stops of these files lie
STEP_M = 1111.95
TYPES = {"n": "node", "w": "way", "r": "relation"}
#: tags of a stop position, and of the pole or platform where one waits
POSITION = {"public_transport": "stop_position"}
POLE = {"highway": "bus_stop", "public_transport": "platform"}
#: metres a second along the straight line that a bus makes by default
BUS_MS = DEFAULTS["bus"].running_kmh / 3.6 / DEFAULTS["bus"].detour


def osm(
    nodes: Mapping[int, tuple[float, float]],
    relations: Mapping[int, tuple[Members, Tags]],
    ways: Mapping[int, tuple[Sequence[int], Tags]] | None = None,
    node_tags: Mapping[int, Tags] | None = None,
    *,
    backwards: bool = False,
) -> str:
    """Text of an .osm file; `backwards` lists the objects of each kind in reverse."""
    node_tags = node_tags or {}
    blocks = [
        [
            f'<node id="{k}" lon="{lon}" lat="{lat}">{_tags(node_tags.get(k, {}))}</node>'
            for k, (lon, lat) in nodes.items()
        ],
        [
            f'<way id="{k}">{"".join(f"""<nd ref="{ref}"/>""" for ref in refs)}{_tags(tags)}</way>'
            for k, (refs, tags) in (ways or {}).items()
        ],
        [
            f'<relation id="{k}">{_members(members)}{_tags(tags)}</relation>'
            for k, (members, tags) in relations.items()
        ],
    ]
    parts = [part for block in blocks for part in (block[::-1] if backwards else block)]
    return f'<osm version="0.6">{"".join(parts)}</osm>'


def bus(tags: Tags | None = None, **more: str) -> dict[str, str]:
    """Tags of a bus route of version 2, changed by those given."""
    return {
        "type": "route",
        "route": "bus",
        "public_transport:version": "2",
        **(tags or {}),
        **more,
    }


def along(*places: float) -> dict[int, tuple[float, float]]:
    """Nodes 1, 2, ... on the equator at so many steps of 0.01 degrees."""
    return {k: (round(0.01 * place, 9), 0.0) for k, place in enumerate(places, start=1)}


def stops(*keys: str, role: str = "stop") -> list[tuple[str, str]]:
    """Members of one role."""
    return [(key, role) for key in keys]


def save(folder: Path, text: str, name: str = "lines.osm") -> Path:
    """Write the text to a file and give its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(tmp_path: Path, *args: Any, **more: Any) -> Lines:
    """Lines of a file that `osm` writes."""
    return load_lines(save(tmp_path, osm(*args, **more)))


def called(lines: Lines, line_id: str) -> list[str]:
    """Ids of the stops of a line in order; '<' marks no boarding, '>' no alighting."""
    calls = lines.calls[lines.calls["line_id"] == line_id]
    ids = lines.stops["stop_id"].to_numpy()[calls["stop"].to_numpy()]
    flags = zip(calls["board"], calls["alight"], strict=True)
    return [
        f"{one}{'' if board else '<'}{'' if alight else '>'}"
        for one, (board, alight) in zip(ids, flags, strict=True)
    ]


def noted(lines: Lines, *words: str) -> str:
    """Give the only note with all of these words."""
    (note,) = [note for note in lines.notes if all(word in note for word in words)]
    return note


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def _members(members: Members) -> str:
    return "".join(
        f'<member type="{TYPES[key[0]]}" ref="{key[1:]}" role={quoteattr(role)}/>'
        for key, role in members
    )
