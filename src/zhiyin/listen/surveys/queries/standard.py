"""The standard questionnaires, packaged as data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "standard"
STANDARD_CODES = ("nps-relationship", "nps-transactional", "csat5", "ces7")
LANGUAGES = ("zh-hans", "zh-hant", "en")


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _with_options(item: dict[str, Any]) -> dict[str, Any]:
    name = item.pop("options", None)
    if name:
        rows = _read(name)
        for column, language in enumerate(LANGUAGES, start=1):
            item["texts"][language]["options"] = [[row[0], row[column]] for row in rows]
    return item


def _items(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for entry in entries:
        if "include" in entry:
            items.extend(_items(_read(entry["include"])))
        else:
            items.append(_with_options(entry))
    return items


@cache
def load_standard(code: str) -> dict[str, Any]:
    """Return a standard questionnaire: code, name, texts, stream and items.

    Callers share the dictionary and must not change it. Raises ValueError for a code
    that is not packaged.
    """
    if code not in STANDARD_CODES:
        known = ", ".join(STANDARD_CODES)
        raise ValueError(f"no standard questionnaire {code!r}; there are: {known}")
    data: dict[str, Any] = _read(code)
    data["items"] = _items(data["items"])
    return data


def standard_choices(language: str) -> list[tuple[str, str]]:
    """Return (code, name) of each, for a form."""
    return [
        (code, load_standard(code)["name"].get(language) or code)
        for code in STANDARD_CODES
    ]
