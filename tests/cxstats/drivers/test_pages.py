"""The examples on the pages of these methods are true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[3] / "docs" / "methods"
NAMES = ("drivers", "contributions", "penalty-reward", "importance-performance")


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_the_page_give_what_they_show(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    fence = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)
    examples = "\n".join(fence.findall(text))
    case = doctest.DocTestParser().get_doctest(examples, {}, name, name, 0)
    assert case.examples
    assert doctest.DocTestRunner().run(case).failed == 0
