"""What the address of the queue asks for, and the chips that change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.act.cases.models import CaseLevel, Cause, State
from zhiyin.act.cases.queries.queue import (
    SCOPES,
    WantedCases,
    count_cases,
    star_tiers,
)
from zhiyin.listen.programs.models import Touchpoint

LONGEST_SEARCH = 200
MOST_OPTIONS = 200


@dataclass(frozen=True)
class Chip:
    """A filter that is on or off, with how many cases it shows."""

    label: str
    url: str
    is_on: bool
    number: int | None = None
    is_floor: bool = False


@dataclass(frozen=True)
class Option:
    """One value of a filter."""

    label: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class Menu:
    """A filter with values to choose from."""

    label: str
    chosen: str
    clear_url: str
    options: list[Option]


def read_wanted(person: Person, query: QueryDict) -> WantedCases:
    """Read the filters; what is not understood is left out."""
    scope = query.get("scope", "")
    state = query.get("state", "")
    causes = Cause.objects.visible_to(person)
    departments = Department.objects.visible_to(person)
    return WantedCases(
        scope=scope if scope in SCOPES else "",
        search=_text(query, "q"),
        level=_text(query, "level"),
        state=state if state in State.values else "",
        touchpoint=_text(query, "touchpoint"),
        star=_text(query, "star"),
        cause=causes.filter(code=_text(query, "cause")).first(),
        department=departments.filter(code=_text(query, "department")).first()
        if query.get("department")
        else None,
        is_overdue=query.get("overdue") == "1",
        is_closed=query.get("closed") == "1",
        after=_text(query, "after"),
    )


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\x00", "").strip()[:LONGEST_SEARCH]


def _url(query: QueryDict, path: str, **changes: str) -> str:
    changed = query.copy()
    for name in ("after", "q"):
        changed.pop(name, None)
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    text = changed.urlencode()
    return f"{path}?{text}" if text else path


def chips(
    person: Person, wanted: WantedCases, query: QueryDict, path: str
) -> list[Chip]:
    """Return the filters that are on or off."""
    labels = [("mine", _("Mine"))]
    if any(given.department for given in person.assignments):
        labels.append(("department", _("My department")))
    labels.append(("unassigned", _("Without an owner")))
    plain = not wanted.is_narrowed
    found = [_chip(person, WantedCases(), _("Open cases"), path, is_on=plain)]
    for scope, label in labels:
        is_on = wanted.scope == scope
        url = _url(query, path, scope="" if is_on else scope, closed="")
        found.append(_chip(person, WantedCases(scope=scope), label, url, is_on=is_on))
    late = _url(query, path, overdue="" if wanted.is_overdue else "1", closed="")
    found.append(
        _chip(
            person,
            WantedCases(is_overdue=True),
            _("Overdue"),
            late,
            is_on=wanted.is_overdue,
        ),
    )
    over = _url(query, path, closed="" if wanted.is_closed else "1", overdue="")
    found.append(Chip(_("Closed cases"), over, wanted.is_closed))
    return found


def _chip(
    person: Person, counted: WantedCases, label: str, url: str, *, is_on: bool
) -> Chip:
    number, is_floor = count_cases(person, counted)
    return Chip(label, url, is_on, number, is_floor)


def menus(
    person: Person, wanted: WantedCases, query: QueryDict, path: str
) -> list[Menu]:
    """Return the filters with values to choose from."""
    levels = CaseLevel.objects.visible_to(person).filter(is_active=True)
    causes = Cause.objects.visible_to(person).filter(is_active=True, level__lte=2)
    causes = causes.select_related("parent")
    touchpoints = Touchpoint.objects.visible_to(person).filter(is_active=True)
    departments = Department.objects.visible_to(person).active()[:MOST_OPTIONS]
    cause = wanted.cause.code if wanted.cause else ""
    department = wanted.department.code if wanted.department else ""
    asked = [
        (
            "level",
            _("Level"),
            wanted.level,
            ((one.code, f"{one.code} {one.name}") for one in levels),
        ),
        ("state", _("State"), wanted.state, State.choices),
        (
            "cause",
            _("Cause"),
            cause,
            ((one.code, _cause_label(one)) for one in causes),
        ),
        (
            "touchpoint",
            _("Touchpoint"),
            wanted.touchpoint,
            ((one.code, one.name) for one in touchpoints),
        ),
        (
            "star",
            _("Star tier"),
            wanted.star,
            ((tier, tier) for tier in star_tiers(person)),
        ),
        (
            "department",
            _("Department"),
            department,
            ((one.code, one.name) for one in departments),
        ),
    ]
    made = (
        _menu(name, label, chosen, options, query=query, path=path)
        for name, label, chosen, options in asked
    )
    return [menu for menu in made if menu.options]


def _cause_label(cause: Cause) -> str:
    return f"{cause.parent} / {cause}" if cause.parent else str(cause)


def _menu(
    name: str,
    label: str,
    chosen: str,
    values: Iterable[tuple[str, object]],
    *,
    query: QueryDict,
    path: str,
) -> Menu:
    options = [
        Option(str(text), _url(query, path, **{name: value}), value == chosen)
        for value, text in values
    ]
    shown = next((one.label for one in options if one.is_on), chosen)
    return Menu(label, shown, _url(query, path, **{name: ""}), options)
