from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "zhiyin.listen.feedback"
    label = "feedback"
    verbose_name = _("Unasked feedback")

    def ready(self) -> None:
        """Name the action of the audit log, and offer feedback to other pages."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.listen.feedback.queries import register_sources
        from zhiyin.listen.feedback.services import register_places

        name_actions({"feedback.received": _("unasked feedback received")})
        register_sources()
        register_places()
