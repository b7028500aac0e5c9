"""The kinds of notices there are: every app names its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from zhiyin.act.notices.models import Pace


@dataclass(frozen=True)
class Kind:
    """A kind of notice, and how people are told who never chose.

    An essential kind (an escalation) always stands on the page; its other ways can
    be chosen like those of any kind.
    """

    code: str
    label: str | Promise
    is_essential: bool = False
    ways: tuple[str, ...] = ()
    pace: str = Pace.AT_ONCE


_kinds: dict[str, Kind] = {}


def register_kind(
    code: str,
    label: str | Promise,
    *,
    is_essential: bool = False,
    ways: tuple[str, ...] = (),
    pace: str = Pace.AT_ONCE,
) -> None:
    """Add a kind of notice; for `AppConfig.ready`. Again under one code replaces it."""
    _kinds[code] = Kind(code, label, is_essential, ways, pace)


def kinds() -> list[Kind]:
    """Return the kinds in the order of their codes."""
    return [_kinds[code] for code in sorted(_kinds)]


def kind_of(code: str) -> Kind:
    """Return a kind; one that nobody registered stands on the page alone."""
    return _kinds.get(code) or Kind(code, code)
