"""Every notebook runs from its first cell to its last."""

import warnings
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path) -> None:
    with warnings.catch_warnings():
        # jupyter's own deprecations are not ours to mend; warnings of our code show in the notebook
        warnings.simplefilter("ignore")
        nbformat = pytest.importorskip("nbformat", reason="needs the extra 'notebooks'")
        nbclient = pytest.importorskip("nbclient", reason="needs the extra 'notebooks'")
        pytest.importorskip("ipykernel", reason="needs the extra 'notebooks'")
        notebook = nbformat.read(path, as_version=4)
        nbclient.NotebookClient(
            notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}
        ).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    said = [output for cell in code for output in cell.outputs]
    assert not [output for output in said if output.get("name") == "stderr"]
    assert "text/html" in code[-1].outputs[-1]["data"]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_results(path: Path) -> None:
    text = path.read_text("utf-8")
    assert '"outputs": []' in text
    assert '"output_type"' not in text
