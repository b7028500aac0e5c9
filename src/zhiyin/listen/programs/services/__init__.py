"""Writes about programmes: touchpoints, waves, links and personal links."""

from __future__ import annotations

from zhiyin.listen.programs.services.catalogue import (
    load_standard_touchpoints,
    save_touchpoint,
    save_wave,
    set_touchpoint_active,
)
from zhiyin.listen.programs.services.invitations import (
    Invitee,
    PersonalLinks,
    create_invitations,
    note_response,
    read_invitees,
    withdraw_invitation,
)
from zhiyin.listen.programs.services.lifecycle_queues import empty_queues
from zhiyin.listen.programs.services.links import (
    create_link,
    save_link,
    set_link_open,
)
from zhiyin.listen.programs.services.traffic import (
    TooManyAnswersError,
    count_answer,
    forget_traffic,
)

__all__ = [
    "Invitee",
    "PersonalLinks",
    "TooManyAnswersError",
    "count_answer",
    "create_invitations",
    "create_link",
    "empty_queues",
    "forget_traffic",
    "load_standard_touchpoints",
    "note_response",
    "read_invitees",
    "save_link",
    "save_touchpoint",
    "save_wave",
    "set_link_open",
    "set_touchpoint_active",
    "withdraw_invitation",
]
