"""How far somebody came with a personal link: opened, begun, finished."""

from __future__ import annotations

import datetime as dt

from zhiyin.listen.programs.models import Invitation


def note_opened(*, invitation_id: int, at: dt.datetime) -> None:
    """Record that the address was opened for the first time.

    Scanners of mail open addresses too: this says that the message arrived, not that
    a person read it.
    """
    Invitation.objects.filter(pk=invitation_id, opened_at=None).update(opened_at=at)


def note_begun(*, invitation_id: int, at: dt.datetime) -> None:
    """Record the first answer through the link."""
    Invitation.objects.filter(pk=invitation_id, started_at=None).update(started_at=at)


def note_completed(*, invitation_id: int, at: dt.datetime) -> None:
    """Record that everything that was asked has been passed."""
    rows = Invitation.objects.filter(pk=invitation_id, completed_at=None)
    rows.update(completed_at=at)
