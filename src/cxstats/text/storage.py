"""Models on disk: arrays and facts in one archive that can hold no code."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from cxstats.errors import InputError

__all__ = ["read_arrays", "write_arrays"]

_FACTS = "facts.json"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def write_arrays(
    path: str | Path, arrays: Mapping[str, Any], facts: Mapping[str, Any]
) -> Path:
    """Write arrays and facts; the same content gives the same bytes."""
    target = Path(path)
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            content = BytesIO()
            np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
            _write(archive, f"{name}.npy", content.getvalue())
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        _write(archive, _FACTS, text.encode())
    return target


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def read_arrays(path: str | Path, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the arrays and facts of a model of one kind.

    Raises
    ------
    InputError
        If the file is not there, or is no model of that kind.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            facts = json.loads(archive.read(_FACTS))
            arrays = {
                name.removesuffix(".npy"): _array(archive.read(name))
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{str(path)!r} is no saved model ({error}); make one with model.save(path)"
        ) from error
    if facts.get("kind") != kind:
        raise InputError(
            f"{str(path)!r} holds a model of {facts.get('kind')!r}, not of {kind!r}"
        )
    return arrays, facts


def _array(content: bytes) -> Any:
    return np.lib.format.read_array(BytesIO(content), allow_pickle=False)
