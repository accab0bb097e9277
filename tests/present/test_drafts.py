import os
import tempfile
from pathlib import Path

import pytest

from geoaccess.errors import GeoaccessError
from geoaccess.present.drafts import output_faults, overwritten_inputs, replacing


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


really_replace = Path.replace


def fill(folder: Path, *names: str, error: BaseException | None = None) -> None:
    with replacing(folder) as draft:
        for name in names:
            (draft / name).write_text("new")
        if error:
            raise error


def test_files_arrive_together_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "maps" / "peel"
    with replacing(folder) as draft:
        (draft / "a.csv").write_text("new")
        assert not folder.exists()
    assert texts(folder) == {"a.csv": "new"}
    (folder / "mine.txt").write_text("keep")
    with replacing(folder) as draft:
        (draft / "a.csv").write_text("newer")
        assert texts(folder)["a.csv"] == "new"
    assert texts(folder) == {"a.csv": "newer", "mine.txt": "keep"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["maps"]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, error: BaseException) -> None:
    folder = tmp_path / "maps" / "peel"
    with pytest.raises(type(error)):
        fill(folder, "a.csv", error=error)
    assert list(tmp_path.iterdir()) == []


def test_old_results_survive_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(ValueError, match="no"):
        fill(tmp_path, "a.csv", error=ValueError("no"))
    assert texts(tmp_path) == {"a.csv": "old"}


@pytest.mark.parametrize("linkable", [True, False])
def test_a_file_that_cannot_be_replaced_brings_the_old_ones_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, linkable: bool
) -> None:
    for name in ("a.csv", "c.csv", "run.json"):
        (tmp_path / name).write_text("old")

    def replace(self: Path, target: Path) -> Path:
        # what Windows does while Excel holds c.csv open
        if target.name == "c.csv":
            raise PermissionError(13, "Permission denied")
        return really_replace(self, target)

    def link(*_paths: Path) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(Path, "replace", replace)
    if not linkable:
        monkeypatch.setattr(os, "link", link)
    with pytest.raises(GeoaccessError, match=r"c\.csv: cannot be replaced .*close it where"):
        fill(tmp_path, "a.csv", "b.csv", "c.csv", "run.json")
    assert texts(tmp_path) == {"a.csv": "old", "c.csv": "old", "run.json": "old"}


def test_run_json_arrives_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def replace(self: Path, target: Path) -> Path:
        order.append(target.name)
        return really_replace(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    fill(tmp_path, "run.json", "sites.csv", "zz.csv")
    assert order == ["sites.csv", "zz.csv", "run.json"]


def test_places_that_cannot_be_written_are_told_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not output_faults(tmp_path / "new" / "deep")
    assert "is a file" in str(output_faults(tmp_path / "file")[0])
    assert "is a file" in str(output_faults(tmp_path / "file" / "below")[0])
    assert "cannot be written here" in str(output_faults(tmp_path / ("long" * 100))[0])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_only_seems_writable_is_told_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    fault = output_faults(tmp_path / "new")[0]
    assert "cannot be written here (Permission denied)" in fault.problem


def test_results_may_not_replace_inputs(tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("sites.csv", "areas.csv", "run.json")]
    names[0].touch()
    assert not overwritten_inputs(names, [tmp_path / "other.csv", names[1]])
    (fault,) = overwritten_inputs(names, [tmp_path / "sub" / ".." / "x", names[0]])
    assert fault.file == str(names[0])
