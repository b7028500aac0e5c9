"""The notebooks of the documentation run, and show what they say they show."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL: dict[str, Any] = runpy.run_path(str(ROOT / "scripts" / "notebooks.py"))


@pytest.mark.parametrize("path", TOOL["notebooks"](), ids=lambda path: path.stem)
def test_every_cell_of_a_notebook_shows_what_is_kept_under_it(path: Path) -> None:
    kept = TOOL["kept"](path)
    assert any(kept)
    assert TOOL["run"](path) == kept
