"""What reading a file gives, what it raises, and texts freed of markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
LONGEST_TEXT = 500
_NOT_CODE = re.compile(r"[^A-Za-z0-9_-]+")
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_LINES = re.compile(r" ?\n[ \n]*")
_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"}
_SILENT = {"script", "style", "head", "title"}


class ExchangeError(ValueError):
    """A file cannot be read as a questionnaire; the message says why."""


@dataclass(frozen=True)
class Unmapped:
    """Something of the file that the questionnaire does not have, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """A file as read: of which program, the definition, and what was left out."""

    source: str
    definition: Mapping[str, Any]
    unmapped: tuple[Unmapped, ...] = ()


@dataclass
class Notes:
    """Collects what could not be mapped, each once."""

    rows: list[Unmapped] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        """Keep a thing that was left out."""
        row = Unmapped(name[:120], reason)
        if row not in self.rows:
            self.rows.append(row)


_LANGUAGES = {
    "zh": "zh-hans",
    "zh-s": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-hans": "zh-hans",
    "zh-t": "zh-hant",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-hant": "zh-hant",
    "zh-hant-hk": "zh-hant",
    "zh-hant-tw": "zh-hant",
    "en": "en",
}


def language_of(code: str) -> str:
    """Return our language for another program's code, or "" where we have none."""
    plain = code.strip().lower().replace("_", "-")
    return _LANGUAGES.get(plain) or ("en" if plain.startswith("en-") else "")


def code_of(text: str, fallback: str) -> str:
    """Return a code made of a text: letters, digits, - and _."""
    return _NOT_CODE.sub("_", text.strip()).strip("_")[:50] or fallback


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],  # noqa: ARG002 - the parser's interface
    ) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain_text(markup: object) -> str:
    """Return a text without its markup, scripts and repeated blanks."""
    parser = _Text()
    parser.feed(str(markup or "").replace("\x00", ""))
    parser.close()
    text = _SPACES.sub(" ", "".join(parser.parts))
    return _LINES.sub("\n", text).strip()


def fitting(text: str, name: str, notes: Notes) -> str:
    """Return a text cut to the longest we keep, with a note where it was cut."""
    if len(text) <= LONGEST_TEXT:
        return text
    notes.add(
        name,
        _("the text was cut after %s characters") % LONGEST_TEXT,
    )
    return text[: LONGEST_TEXT - 1] + "…"


def with_main_question(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark the main question: the first recommendation score, else the first score."""
    for kinds in ({"nps"}, {"csat", "ces", "rating", "gap"}):
        main = next((item for item in items if item["kind"] in kinds), None)
        if main is not None:
            main["is_primary"] = True
            break
    return items
