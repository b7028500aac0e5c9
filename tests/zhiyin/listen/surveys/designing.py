"""What a browser would send from the designer's pages, read from the pages."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Fields(HTMLParser):
    """Collect what the form with an action would send."""

    def __init__(self, ending: str) -> None:
        super().__init__()
        self.ending = ending
        self.is_inside = False
        self.found: dict[str, Any] = {}
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action", "")
            is_post = given.get("method") == "post"
            self.is_inside = is_post and action.endswith(self.ending)
        if not self.is_inside or "disabled" in given:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.found:
                self.found[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.found[name] = ""

    def _input(self, name: str, given: dict[str, str]) -> None:
        if given.get("type") in {"checkbox", "radio"}:
            if "checked" in given:
                value = given.get("value", "on")
                if name in self.found and given["type"] == "checkbox":
                    before = self.found[name]
                    known = before if isinstance(before, list) else [before]
                    self.found[name] = [*known, value]
                else:
                    self.found[name] = value
        else:
            self.found[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self.is_inside and self._area:
            self.found[self._area] += data


def form_on(client: Client, address: str, *, ending: str = "") -> dict[str, Any]:
    """Return what the form on a page would send, unchanged."""
    fields = _Fields(ending)
    fields.feed(client.get(address).content.decode())
    fields.found.pop("csrfmiddlewaretoken", None)
    return fields.found
