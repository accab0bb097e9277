import hashlib
import os
from pathlib import Path

from geoaccess.record import input_record


def test_inputs_are_identified_by_content(tmp_path: Path) -> None:
    file = tmp_path / "data" / "sites.csv"
    file.parent.mkdir()
    file.write_bytes(b"id\n")
    os.utime(file, (0, 0))
    record = input_record("sites", file, tmp_path)
    assert record == {
        "what": "sites",
        "file": "data/sites.csv",
        "sha256": hashlib.sha256(b"id\n").hexdigest(),
        "bytes": 3,
        "modified": "1970-01-01",
    }
    whole = input_record("gtfs", file.parent, tmp_path)["sha256"]
    assert whole != record["sha256"]
    (file.parent / "stops.txt").write_bytes(b"x")
    assert input_record("gtfs", file.parent, tmp_path)["sha256"] != whole
