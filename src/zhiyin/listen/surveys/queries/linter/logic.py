"""Rules about codes, conditions, skips and choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhiyin.common.conditions import check, facts_named
from zhiyin.listen.surveys.queries.definitions import Definition, wordings
from zhiyin.listen.surveys.queries.linter.findings import Finding, found
from zhiyin.listen.surveys.queries.linter.patterns import NONE_OPTION
from zhiyin.listen.surveys.queries.linter.reach import is_satisfiable
from zhiyin.listen.surveys.queries.linter.wording import folded

_FACTS = {"class", "touchpoint", "language", "channel", "audience"}
_ANSWER = "answer."
END = "end"


def _item_named(fact: str) -> str:
    return fact.removeprefix(_ANSWER).partition(".")[0]


def _twice(codes: Sequence[str]) -> list[str]:
    return [code for code, count in Counter(codes).items() if count > 1]


def duplicate_findings(definition: Definition) -> Iterator[Finding]:
    """Yield codes that stand twice: of items, of choices, of rows."""
    twice = _twice([item["code"] for item in definition["items"]])
    if twice:
        yield found("duplicate_code", names=twice)
    for item in definition["items"]:
        for name in ("options", "rows"):
            for language, rows in wordings(item, name):
                same = _twice([row[0] for row in rows])
                if same:
                    yield found(
                        "duplicate_code",
                        item=item["code"],
                        language=language,
                        names=same,
                    )


def _condition_findings(
    condition: Any,
    item: str,
    known: Mapping[str, int],
    before: int,
) -> Iterator[Finding]:
    """Yield what is wrong with a condition that is looked at before item `before`."""
    faults = check(condition)
    if faults:
        yield found("bad_condition", item=item, names=faults)
        return
    named = facts_named(condition)
    strange = sorted(
        fact
        for fact in named
        if not fact.startswith((_ANSWER, "field.")) and fact not in _FACTS
    )
    if strange:
        yield found("bad_condition", item=item, names=strange)
    codes = sorted({_item_named(fact) for fact in named if fact.startswith(_ANSWER)})
    unknown = [code for code in codes if code not in known]
    later = [code for code in codes if known.get(code, -1) >= before]
    if unknown:
        yield found("unknown_item", item=item, names=unknown)
    if later:
        yield found("later_item", item=item, names=later)


def logic_findings(definition: Definition) -> Iterator[Finding]:
    """Yield faults of display conditions, page conditions, quotas and skips."""
    items = definition["items"]
    known = {item["code"]: place for place, item in enumerate(items)}
    for place, item in enumerate(items):
        condition = item.get("shown_if") or {}
        yield from _condition_findings(condition, item["code"], known, place)
        yield from _skip_findings(item, known, place)
    for number, page in enumerate(definition.get("pages") or (), start=1):
        first = next(
            (p for p, item in enumerate(items) if item.get("page", 1) == number),
            len(items),
        )
        yield from _condition_findings(page.get("shown_if") or {}, "", known, first)
    for quota in definition.get("quotas") or ():
        yield from _condition_findings(quota.get("if") or {}, "", known, len(items))


def _skip_findings(
    item: Mapping[str, Any],
    known: Mapping[str, int],
    place: int,
) -> Iterator[Finding]:
    for skip in (item.get("settings") or {}).get("skips") or ():
        condition = skip.get("if") or {}
        yield from _condition_findings(condition, item["code"], known, place + 1)
        target = str(skip.get("to", ""))
        if target != END and known.get(target, -1) <= place:
            yield found("bad_skip", item=item["code"], names=target or "?")


def reach_findings(definition: Definition) -> Iterator[Finding]:
    """Yield questions that nobody sees, whatever is answered."""
    items = {item["code"]: item for item in definition["items"]}
    hidden: set[str] = set()
    jumped_to = ""
    for code, item in items.items():
        condition = item.get("shown_if") or {}
        if jumped_to == code:
            jumped_to = ""
        if jumped_to or not _can_be_shown(condition, items, item, hidden):
            hidden.add(code)
            yield found("unreachable", item=code)
        else:
            jumped_to = jumped_to or _always_jumps_to(item)


def _can_be_shown(
    condition: Mapping[str, Any],
    items: Mapping[str, Mapping[str, Any]],
    item: Mapping[str, Any],
    hidden: set[str],
) -> bool:
    if check(condition):
        return True
    named = {_item_named(fact) for fact in facts_named(condition)}
    if named - hidden != named:
        # What hangs on a question nobody sees can only be shown by its silence.
        items = {code: each for code, each in items.items() if code not in hidden}
        if not named & set(items):
            return False
    return is_satisfiable(condition, items, asked_of=item.get("asked_of", ""))


def _always_jumps_to(item: Mapping[str, Any]) -> str:
    for skip in (item.get("settings") or {}).get("skips") or ():
        if not skip.get("if") and not item.get("shown_if") and not item.get("asked_of"):
            return str(skip.get("to", ""))
    return ""


def choice_findings(item: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield missing choices, and a multiple choice without an exclusive "none"."""
    kind, code = item["kind"], item["code"]
    name = "rows" if kind == "matrix" else "options"
    if kind not in {"choice", "multiple", "ranking", "matrix"}:
        return
    rows = next((rows for _language, rows in wordings(item, name)), None)
    if not rows:
        yield found("no_choices", item=code)
    elif kind == "multiple":
        exclusive = set((item.get("settings") or {}).get("exclusive") or ())
        if not exclusive & {row[0] for row in rows}:
            none = [
                language
                for language, each in wordings(item, name)
                if any(NONE_OPTION.search(folded(str(row[1]))) for row in each)
            ]
            language = none[0] if none else ""
            yield found("no_exclusive", item=code, language=language)
