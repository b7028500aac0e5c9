"""The standard questionnaires, packaged as data.

A file's items are written out, or `use` a standard question by its name, or `include`
a block of another file. Touchpoints share one list and are made of the same blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "standard"
STANDARD_CODES = ("nps-relationship", "nps-transactional", "csat5", "ces7")
LANGUAGES = ("zh-hans", "zh-hant", "en")

# Templates of their own file; touchpoints come from `touchpoints.yaml`.
_FILES = (
    *STANDARD_CODES,
    "rnps",
    "nps-product",
    "nps-service",
    "intent",
    "tcsi",
    "network-satisfaction",
    "expectation",
    "moment",
    "enps",
    "mirror",
    "nps-dealer",
    "nps-resident",
)
# What follows a main question, by its name in `items.yaml`.
_FOLLOWED_BY = {"CSAT5": "after-csat", "CES7": "after-ces", "NPS": "followups"}


@dataclass(frozen=True)
class Template:
    """One packaged questionnaire, as a list of them shows it."""

    code: str
    name: str
    about: str
    group: str
    audience: str
    stream: str
    question: str
    item_count: int


@cache
def _parsed(name: str) -> Any:
    path = FOLDER / f"{name}.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


def read_packaged(name: str) -> Any:
    """Return a packaged file of data, as the caller's own copy."""
    return deepcopy(_parsed(name))


def _with_options(item: dict[str, Any]) -> dict[str, Any]:
    name = item.pop("options", None)
    if name:
        rows = read_packaged(name)
        for column, language in enumerate(LANGUAGES, start=1):
            item["texts"][language]["options"] = [[row[0], row[column]] for row in rows]
    return item


def _used(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a standard question with what the template adds and fills in."""
    item: dict[str, Any] = read_packaged("items")[entry.pop("use")]
    filled: Mapping[str, Mapping[str, str]] = entry.pop("with", {})
    for language, wording in item["texts"].items():
        for slot, texts in filled.items():
            wording["text"] = wording["text"].replace(f"{{{slot}}}", texts[language])
    return {**item, **entry}


def _items(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for entry in entries:
        if "include" in entry:
            items.extend(_items(read_packaged(entry["include"])))
        elif "use" in entry:
            items.append(_used(entry))
        else:
            items.append(_with_options(entry))
    return items


@cache
def _touchpoints() -> dict[str, tuple[dict[str, str], tuple[str, ...]]]:
    return {
        row[0]: (dict(zip(LANGUAGES, row[1:4], strict=True)), tuple(row[4]))
        for row in read_packaged("touchpoints")
    }


def _touchpoint_items(names: dict[str, str], metrics: tuple[str, ...]) -> list[Any]:
    """Return what is asked about a touchpoint: its metrics, then the reasons."""
    known = read_packaged("items")
    entries: list[Any] = []
    for metric in metrics:
        if metric in known:
            main = {"is_primary": True, "is_required": True} if not entries else {}
            slots = {"touchpoint": names, "product": names}
            entries.append({"use": metric, "with": slots, **main})
        else:
            entries.append({"include": metric.lower()})
    first = metrics[0]
    after = _FOLLOWED_BY.get(first) or _FOLLOWED_BY.get(first.partition("_")[0])
    return [*entries, {"include": after}] if after else entries


_KINDS = {
    "relationship": {"zh-hans": "关系型NPS", "zh-hant": "關係型NPS", "en": ": NPS"},
    "transactional": {"zh-hans": "调研", "zh-hant": "調研", "en": ""},
}


def _touchpoint(code: str) -> dict[str, Any]:
    names, metrics = _touchpoints()[code]
    stream = "relationship" if metrics[0] == "NPS_REL" else "transactional"
    return {
        "code": code,
        "group": "relationship" if stream == "relationship" else "touchpoint",
        "stream": stream,
        "audience": "enterprise" if code == "rnps-gov" else "consumer",
        "name": {
            language: f"{name[:1].upper()}{name[1:]}{_KINDS[stream][language]}"
            for language, name in names.items()
        },
        "page_texts": stream,
        "items": _touchpoint_items(names, metrics),
    }


@cache
def template_codes() -> tuple[str, ...]:
    """Return the codes of all packaged questionnaires."""
    return (*_FILES, *(code for code in _touchpoints() if code not in _FILES))


def touchpoint_template(touchpoint: str) -> str:
    """Return the code of the questionnaire for a touchpoint's code, else ""."""
    code = touchpoint.lower().replace("_", "-")
    return code if code in template_codes() else ""


@cache
def load_standard(code: str) -> dict[str, Any]:
    """Return a packaged questionnaire: code, name, texts, stream and items.

    Callers share the dictionary and must not change it. Raises ValueError for a code
    that is not packaged.
    """
    if code not in template_codes():
        known = ", ".join(template_codes())
        raise ValueError(f"no standard questionnaire {code!r}; there are: {known}")
    data: dict[str, Any] = (
        _touchpoint(code) if code in _touchpoints() else read_packaged(code)
    )
    if "page_texts" in data:
        data["texts"] = read_packaged("page-texts")[data.pop("page_texts")]
    data["items"] = _items(data["items"])
    return data


def load_wordings() -> list[dict[str, Any]]:
    """Return the standard questions themselves."""
    return list(_parsed("items").values())


def standard_choices(language: str) -> list[tuple[str, str]]:
    """Return (code, name) of each, for a form."""
    return [
        (code, load_standard(code)["name"].get(language) or code)
        for code in template_codes()
    ]


def templates(language: str) -> list[Template]:
    """Return every packaged questionnaire for a list, grouped in its order."""
    return [_template(load_standard(code), language) for code in template_codes()]


def _template(data: Mapping[str, Any], language: str) -> Template:
    asked = [item for item in data["items"] if item["kind"] != "statement"]
    main = next((item for item in asked if item.get("is_primary")), asked[0])
    return Template(
        code=data["code"],
        name=data["name"].get(language) or data["code"],
        about=(data.get("about") or {}).get(language, ""),
        group=data.get("group", data["stream"]),
        audience=data["audience"],
        stream=data["stream"],
        question=main["texts"][language]["text"],
        item_count=len(asked),
    )
