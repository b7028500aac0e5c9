"""The files that a path, a glob or a list of either names."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from cxstats.errors import FileError

__all__ = ["expand_paths", "short_names"]


def expand_paths(paths: str | Path | Sequence[str | Path]) -> tuple[Path, ...]:
    """Resolve paths and globs to files, each once, in the order given.

    Raises
    ------
    FileError
        If a path or glob matches no file; the message offers names that are alike.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    found: dict[Path, None] = {}
    for path in given:
        # A file whose own name holds brackets or stars is meant before any pattern.
        matches = [str(path)] if Path(path).exists() else _matches(str(path))
        if not matches:
            raise _no_such_file(str(path))
        found |= dict.fromkeys(Path(match) for match in matches)
    return tuple(found)


def _matches(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute ones too


def short_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Give each file its own name, or its whole path where two have the same name."""
    names = [path.name for path in paths]
    return tuple(
        path.name if names.count(path.name) == 1 else str(path) for path in paths
    )


def _no_such_file(path: str) -> FileError:
    folder = Path(path).parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    near = get_close_matches(Path(path).name, names, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return FileError(f"no file matches {path}{hint}", code="not_found", near=near)
