"""The pages on comments show what their examples give."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[3] / "docs" / "methods"
FENCE = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "name", ["text-polarity", "text-aspects", "text-topics", "text-quality"]
)
def test_page_shows_what_its_example_gives(name: str) -> None:
    (example,) = FENCE.findall((PAGES / f"{name}.md").read_text(encoding="utf-8"))
    case = doctest.DocTestParser().get_doctest(example, {}, name, name, 0)
    assert doctest.DocTestRunner().run(case) == (0, len(case.examples))
