"""An import of unasked feedback at work."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiyin.listen.feedback.services import (
    GivenFeedback,
    ReceivedFeedback,
    receive_feedback,
)
from zhiyin.listen.imports.models import TableRole
from zhiyin.listen.imports.services.tables.events import EventsRun

_R = TableRole


class FeedbackRun(EventsRun):
    """One import of feedback, row by row as events are; told again, it is known."""

    time_role = _R.SAID_AT

    def _told(self, events: list[Any]) -> ReceivedFeedback:
        return receive_feedback(
            organisation=self.batch.organisation,
            given=events,
            source=self.batch.source,
            is_quiet=True,
        )

    def _event(
        self,
        said: dict[TableRole, str],
        at: dt.datetime,
        attributes: dict[str, Any],  # noqa: ARG002 feedback has none.
    ) -> GivenFeedback:
        return GivenFeedback(
            text=said[_R.TEXT],
            at=at,
            channel=said[_R.CHANNEL],
            customer=said[_R.CUSTOMER],
            department=said[_R.DEPARTMENT],
            key=said[_R.FEEDBACK_KEY],
        )
