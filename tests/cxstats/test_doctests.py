"""The examples in the library's documentation are true."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cxstats

ROOT = Path(cxstats.__file__).parent


def modules_with_examples() -> list[str]:
    return [
        ".".join(("cxstats", *path.relative_to(ROOT).with_suffix("").parts))
        for path in sorted(ROOT.rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8") and path.stem != "__init__"
    ]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_give_what_they_show(name: str) -> None:
    outcome = doctest.testmod(import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_every_public_name_can_be_loaded() -> None:
    for name in cxstats.__all__:
        assert getattr(cxstats, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'median'"):
        _ = cxstats.median
