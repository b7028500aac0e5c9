"""Run the notebooks of the documentation and keep what their cells print.

Usage: `notebooks.py` runs them and writes their outputs; `notebooks.py --check` runs
them and fails where an output is not the one that is kept. A notebook runs in an empty
folder and in one namespace, as it would in Jupyter, which is not needed for it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "notebooks"


def notebooks() -> list[Path]:
    """Return the notebooks."""
    return sorted(FOLDER.glob("*.ipynb"))


def code_cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the cells that run."""
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def run(path: Path) -> list[str]:
    """Run a notebook from top to bottom; return what each of its code cells shows."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="notebook-") as folder:
        os.chdir(folder)
        try:
            return [
                _shown("".join(cell["source"]), names) for cell in code_cells(notebook)
            ]
        finally:
            os.chdir(before)


def _shown(source: str, names: dict[str, Any]) -> str:
    """Run one cell; return what it prints and the value of its last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own notebook
        if last is not None:
            value = eval(  # noqa: S307 - our own notebook
                compile(ast.Expression(last.value), "cell", "eval"), names
            )
            if value is not None:
                print(repr(value))
    return printed.getvalue().rstrip("\n")


def kept(path: Path) -> list[str]:
    """Return the outputs that are kept in a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [
        "".join("".join(output["text"]) for output in cell["outputs"])
        for cell in code_cells(notebook)
    ]


def write(path: Path, shown: list[str]) -> None:
    """Keep outputs in a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, (cell, text) in enumerate(
        zip(code_cells(notebook), shown, strict=True), start=1
    ):
        stream = {"name": "stdout", "output_type": "stream"}
        lines = text.splitlines(keepends=True)
        cell["outputs"] = [{**stream, "text": lines}] if text else []
        cell["execution_count"] = number
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def main(words: list[str]) -> int:
    """Run all notebooks; write or check their outputs."""
    differing = []
    for path in notebooks():
        shown = run(path)
        if "--check" not in words:
            write(path, shown)
        elif shown != kept(path):
            differing.append(path.name)
    for name in differing:
        print(f"{name} shows something else: run scripts/notebooks.py")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
