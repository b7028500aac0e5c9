"""The whole questionnaire under every rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.queries.definitions import (
    Definition,
    definition_of,
    wordings,
)
from zhiyin.listen.surveys.queries.linter import logic, scales, wording
from zhiyin.listen.surveys.queries.linter.findings import REFUSE, Finding, found
from zhiyin.listen.surveys.queries.linter.length import length_findings
from zhiyin.listen.surveys.queries.linter.patterns import ANONYMOUS

_JUDGING = {"nps", "csat", "ces", "rating", "gap", "yes_no"}
_SAID_IN_CHOICES = {"coaching", "class_explained", "reward_by_score"}
_READ_TEXTS = ("text", "help", "low", "high")


def _texts_of(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (language, text) of all a customer reads but choices and rows."""
    for name in _READ_TEXTS:
        for language, text in wordings(item, name):
            yield language, str(text)
    for language, labels in wordings(item, "labels"):
        yield language, " · ".join(map(str, labels))


def _wording_findings(item: Mapping[str, Any], own: str) -> Iterator[Finding]:
    code = item["code"]
    for language, text in _texts_of(item):
        yield from wording.text_findings(text, item=code, language=language, own=own)
    for language, text in wordings(item, "text"):
        twice = wording.asks_twice(text) if item["kind"] in _JUDGING else ""
        if twice:
            yield found("double_barrelled", item=code, language=language, quote=twice)
        personal = wording.asks_personal_data(text)
        if personal and not item["texts"][language].get("help"):
            yield found("personal_data", item=code, language=language, quote=personal)


def _choice_findings(item: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield choices and rows that coach; naming things there is their very purpose."""
    for name in ("options", "rows"):
        for language, rows in wordings(item, name):
            text = "\n".join(str(row[1]) for row in rows)
            for finding in wording.text_findings(
                text,
                item=item["code"],
                language=language,
            ):
                if finding.code in _SAID_IN_CHOICES:
                    yield finding


def _page_findings(definition: Definition, own: str) -> Iterator[Finding]:
    for language, page in (definition.get("texts") or {}).items():
        for text in page.values():
            yield from wording.text_findings(str(text), language=language, own=own)
            reward = wording.rewards_answer(str(text))
            if reward:
                yield found("incentive", language=language, quote=reward)


def _privacy_findings(definition: Definition) -> Iterator[Finding]:
    """Yield that employees are asked without being told that nobody is named."""
    if definition.get("audience") != "employee":
        return
    said = [
        str(text)
        for page in (definition.get("texts") or {}).values()
        for text in page.values()
    ]
    for item in definition["items"]:
        said += [text for _language, text in _texts_of(item)]
    if not any(ANONYMOUS.search(wording.folded(text)) for text in said):
        yield found("missing_privacy")


def _all(definition: Definition) -> Iterator[Finding]:
    items = definition["items"]
    if not any(item["kind"] != "statement" for item in items):
        yield found("no_question")
    yield from logic.duplicate_findings(definition)
    yield from scales.missing_findings(definition)
    own = str(definition.get("brand") or "")
    for item in items:
        yield from scales.scale_findings(item)
        yield from scales.anchor_findings(item)
        yield from scales.nps_wording_findings(item)
        yield from logic.choice_findings(item)
        yield from _wording_findings(item, own)
        yield from _choice_findings(item)
    yield from logic.logic_findings(definition)
    yield from logic.reach_findings(definition)
    yield from length_findings(definition)
    yield from _page_findings(definition, own)
    yield from _privacy_findings(definition)


def lint(definition: Definition) -> list[Finding]:
    """Return what is wrong with a questionnaire, refusals first, in its order.

    The messages are in the active language. A definition has the shape described in
    `queries.definitions`; `lint_version` makes it of a draft or published version.
    """
    findings = list(dict.fromkeys(_all(definition)))
    return sorted(findings, key=lambda finding: finding.level != REFUSE)


def lint_version(version: InstrumentVersion) -> list[Finding]:
    """Return what is wrong with a draft or a published version."""
    data = definition_of(version)
    data["brand"] = version.brand or version.instrument.organisation.brand
    return lint(data)
