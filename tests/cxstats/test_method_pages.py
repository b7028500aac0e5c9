"""A page per method, whose examples are true."""

from __future__ import annotations

import doctest
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "methods").glob("*.md"))
# One says how to write an operator to the disk, in plain code; the other what the
# application counts of its own rows.
WITHOUT_EXAMPLES = {"simulation", "loop"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield
    os.chdir(before)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_of_a_page_give_what_they_show(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in text.split("```pycon\n")[1:]]
    assert bool(blocks) != (page.stem in WITHOUT_EXAMPLES)
    example = "\n".join(blocks)
    case = doctest.DocTestParser().get_doctest(example, {}, page.name, str(page), 0)
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    outcome = doctest.DocTestRunner(optionflags=options).run(case)
    assert outcome.failed == 0
