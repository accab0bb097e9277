"""Small helpers for the tests of the loaders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write text or bytes to a file of that name and give its path."""

    def writer(name: str, content: str | bytes, coding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(coding))
        return path

    return writer


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets (name to rows) to a workbook and give its path."""

    def writer(sheets: dict[str, Iterable[Iterable[Any]]], name: str = "table.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        book.save(tmp_path / name)
        return tmp_path / name

    return writer
