"""Conditions on facts, as data: who sees a question, whom an event concerns.

A condition is JSON: `{}` always holds; `{"all": [...]}`, `{"any": [...]}` and
`{"not": {...}}` join others; `{"fact": name, "op": op, "value": value}` looks at one
fact. A fact is a text, a number, a truth value, or a list of texts. Nothing is
ever executed, and a condition that is not understood does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OPS = (
    "is",
    "is_not",
    "one_of",
    "not_one_of",
    "at_least",
    "at_most",
    "contains",
    "not_contains",
    "known",
    "unknown",
)
# What is denied of a fact also holds of one that nobody knows.
_DENIALS = {"is_not": "is", "not_one_of": "one_of", "not_contains": "contains"}
_WITHOUT_VALUE = {"known", "unknown"}
_LISTS = {"one_of", "not_one_of"}
DEEPEST = 8

Condition = Mapping[str, Any]


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _same(given: Any, wanted: Any) -> bool:
    """Compare as texts, and as numbers where one side is a number."""
    given, wanted = _plain(given), _plain(wanted)
    if isinstance(given, int | float) or isinstance(wanted, int | float):
        return _number(given) is not None and _number(given) == _number(wanted)
    return str(given) == str(wanted)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _is(given: Any, wanted: Any) -> bool:
    values = _listed(given)
    return len(values) == 1 and _same(values[0], wanted)


def _one_of(given: Any, wanted: Any) -> bool:
    return any(_same(one, each) for one in _listed(given) for each in _listed(wanted))


def _contains(given: Any, wanted: Any) -> bool:
    if isinstance(given, str):
        return str(wanted).casefold() in given.casefold()
    return _one_of(given, [wanted])


def _ordered(given: Any, wanted: Any) -> tuple[Any, Any] | None:
    """Return both as numbers, else both as texts (days), else None."""
    numbers = _number(given), _number(wanted)
    if None not in numbers:
        return numbers
    if isinstance(given, str) and isinstance(wanted, str) and _number(wanted) is None:
        return given, wanted
    return None


def _at_least(given: Any, wanted: Any) -> bool:
    pair = _ordered(given, wanted)
    return pair is not None and bool(pair[0] >= pair[1])


def _at_most(given: Any, wanted: Any) -> bool:
    pair = _ordered(given, wanted)
    return pair is not None and bool(pair[0] <= pair[1])


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _is,
    "one_of": _one_of,
    "contains": _contains,
    "at_least": _at_least,
    "at_most": _at_most,
}


def _is_known(value: Any) -> bool:
    return value is not None and (
        not isinstance(value, str | list | tuple) or bool(value)
    )


def _fact_holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    op, value = condition.get("op"), facts.get(str(condition["fact"]))
    if op in _WITHOUT_VALUE:
        return _is_known(value) is (op == "known")
    wanted = condition.get("value")
    if op in _DENIALS:
        return not (_is_known(value) and _TESTS[_DENIALS[op]](value, wanted))
    test = _TESTS.get(str(op))
    return test is not None and _is_known(value) and test(value, wanted)


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds of the facts.

    A fact that is missing, None, "" or an empty list is unknown: it fails every test
    but `unknown` and the denials (`is_not`, `not_one_of`, `not_contains`).
    """
    if not condition:
        return True
    if "all" in condition:
        return all(holds(each, facts) for each in condition["all"])
    if "any" in condition:
        return any(holds(each, facts) for each in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    return "fact" in condition and _fact_holds(condition, facts)


def _parts(condition: Condition) -> Iterator[Condition]:
    """Yield every statement about one fact inside a condition."""
    if "fact" in condition:
        yield condition
    for joined in ("all", "any"):
        for each in condition.get(joined, ()):
            yield from _parts(each)
    if "not" in condition:
        yield from _parts(condition["not"])


def included_by(condition: Condition, fact: str, *, is_denied: bool = False) -> bool:
    """Tell whether a condition lets somebody in because of what a fact says.

    To let in whoever is not so is an exclusion, and no inclusion.
    """
    if "not" in condition:
        return included_by(condition["not"], fact, is_denied=not is_denied)
    if "fact" in condition and str(condition["fact"]) == fact:
        denies = condition.get("op") in {*_DENIALS, "unknown"}
        return denies == is_denied
    parts = [*condition.get("all", ()), *condition.get("any", ())]
    return any(included_by(each, fact, is_denied=is_denied) for each in parts)


def facts_named(condition: Condition) -> set[str]:
    """Return the names of the facts a condition looks at."""
    return {str(part["fact"]) for part in _parts(condition)}


def check(
    condition: object,
    names: Collection[str] | None = None,
    *,
    depth: int = 0,
) -> list[str]:
    """Return what is wrong with a condition, in words; nothing when it is sound.

    `names` are the facts there are; without them any name is taken.
    """
    if not isinstance(condition, Mapping):
        return [_("A condition is an object; received %s.") % type(condition).__name__]
    if depth > DEEPEST:
        return [_("A condition may be nested %s deep at most.") % DEEPEST]
    kinds = [kind for kind in ("all", "any", "not", "fact") if kind in condition]
    if not condition:
        return []
    if len(kinds) != 1:
        return [_("A condition has exactly one of all, any, not and fact.")]
    if kinds == ["fact"]:
        return _check_fact(condition, names)
    if kinds == ["not"]:
        return check(condition["not"], names, depth=depth + 1)
    inner = condition[kinds[0]]
    if not isinstance(inner, list):
        return [_("“%s” joins a list of conditions.") % kinds[0]]
    return [fault for each in inner for fault in check(each, names, depth=depth + 1)]


def _check_fact(condition: Condition, names: Collection[str] | None) -> list[str]:
    name, op, value = (condition.get(key) for key in ("fact", "op", "value"))
    faults = []
    if not isinstance(name, str) or not name:
        faults.append(_("A condition lacks the name of its fact."))
    elif names is not None and name not in names:
        faults.append(_("“%s” is not known here.") % name)
    if op not in OPS:
        faults.append(_("“%s” is not a way to compare.") % op)
    elif op in _LISTS:
        if not isinstance(value, list) or not value or not all(map(_is_one, value)):
            faults.append(_("“%s” needs a list of values.") % name)
    elif op not in _WITHOUT_VALUE and not (_is_one(value) and value != ""):
        faults.append(_("“%s” needs one value to compare with.") % name)
    return faults


def _is_one(value: object) -> bool:
    return isinstance(value, str | int | float)


_SENTENCES = {
    "is": gettext_lazy("%(fact)s is %(value)s"),
    "is_not": gettext_lazy("%(fact)s is not %(value)s"),
    "one_of": gettext_lazy("%(fact)s is one of: %(value)s"),
    "not_one_of": gettext_lazy("%(fact)s is none of: %(value)s"),
    "at_least": gettext_lazy("%(fact)s is at least %(value)s"),
    "at_most": gettext_lazy("%(fact)s is at most %(value)s"),
    "contains": gettext_lazy("%(fact)s contains %(value)s"),
    "not_contains": gettext_lazy("%(fact)s does not contain %(value)s"),
    "known": gettext_lazy("%(fact)s is known"),
    "unknown": gettext_lazy("%(fact)s is not known"),
}


def sentence(
    condition: Condition,
    labels: Mapping[str, str] | None = None,
    *,
    depth: int = 0,
) -> str:
    """Return a condition as a phrase in the active language.

    `labels` names facts; a key `<fact>=<value>` names a value of a fact.
    """
    known = labels or {}
    if not condition:
        return _("always")
    if "not" in condition:
        return _("not (%s)") % sentence(condition["not"], known)
    for joined, word in (("all", _(" and ")), ("any", _(" or "))):
        if joined in condition:
            parts = [
                sentence(each, known, depth=depth + 1) for each in condition[joined]
            ]
            text = word.join(parts) if parts else _empty(joined)
            return _("(%s)") % text if depth and len(parts) > 1 else text
    return _fact_sentence(condition, known)


def _empty(joined: str) -> str:
    return _("always") if joined == "all" else _("never")


def _fact_sentence(condition: Condition, labels: Mapping[str, str]) -> str:
    name, op = str(condition.get("fact", "")), str(condition.get("op"))
    if op not in _SENTENCES:
        return _("never")
    values = [
        labels.get(f"{name}={_plain(each)}", str(_plain(each)))
        for each in _listed(condition.get("value", ""))
    ]
    return str(_SENTENCES[op]) % {
        "fact": labels.get(name, name),
        "value": _(", ").join(values),
    }
