"""What every edit of a draft shares: one editor at a time, and sound texts."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries import SLOTS, last_edit, unknown_slots

LONGEST_TEXT = 500
LONGEST_CODE = 60


class VersionFrozenError(ValueError):
    """A published version was to be changed."""

    def __init__(self, version: InstrumentVersion) -> None:
        super().__init__(
            _(
                "Version %(number)s is published and never changes, because answers "
                "refer to it. Edit it as a new version.",
            )
            % {"number": version.number},
        )


class DraftChangedError(ValueError):
    """Somebody else saved the same part of the draft since the page was opened."""

    def __init__(self, version: InstrumentVersion, part: str) -> None:
        edit = last_edit(version.instrument, part)
        self.by = edit.by if edit else ""
        super().__init__(
            _(
                "%(name)s saved this at %(time)s, after you had opened it. Your input "
                "is still here: compare, then save again to put it over theirs.",
            )
            % {
                "name": self.by or _("Somebody"),
                "time": f"{edit.at:%H:%M} UTC" if edit else "",
            },
        )


class ItemGoneError(ValueError):
    """A question is no longer in the draft."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _("The question %s is no longer in this draft.") % code,
        )


def lock_draft(version: InstrumentVersion) -> InstrumentVersion:
    """Return the draft for writing; raises VersionFrozenError once it is published."""
    locked = (
        InstrumentVersion.objects.select_for_update(of=("self",))
        .select_related("instrument")
        .get(pk=version.pk)
    )
    if locked.published_at is not None:
        raise VersionFrozenError(locked)
    return locked


def item_of(draft: InstrumentVersion, code: str) -> Item:
    """Return a question of the draft; raises ItemGoneError."""
    found = draft.items.filter(code=code).first()
    if found is None:
        raise ItemGoneError(code)
    return found


def refuse_stale(
    draft: InstrumentVersion,
    part: str,
    *,
    given: str,
    current: str,
) -> None:
    """Raise DraftChangedError when the part is not what the editor had opened."""
    if given and given != current:
        raise DraftChangedError(draft, part)


def note_edit(draft: InstrumentVersion, part: str, **detail: Any) -> None:
    """Record an edit of one part of the draft."""
    record(
        action="version.edited",
        target=draft.instrument,
        number=draft.number,
        part=part,
        **detail,
    )


def free_code(draft: InstrumentVersion, wanted: str) -> str:
    """Return a code that no question of the draft has."""
    base = (slugify(wanted) or "item")[: LONGEST_CODE - 4]
    taken = set(draft.items.values_list("code", flat=True))
    number, code = 2, base
    while code in taken:
        code = f"{base}_{number}"
        number += 1
    return code


def check_text(text: str) -> None:
    """Raise ValueError for a text that is too long or has a slot nothing fills."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            _("A text has at most %(limit)s characters; received %(count)s: %(text)s")
            % {"limit": LONGEST_TEXT, "count": len(text), "text": text[:40]},
        )
    for name in unknown_slots(text):
        raise ValueError(
            _("Nothing can fill {%(name)s} in “%(text)s”; use %(known)s.")
            % {
                "name": name,
                "text": text[:60],
                "known": ", ".join(f"{{{slot}}}" for slot in SLOTS[:3]),
            },
        )
