from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "zhiyin.act.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Register the background work, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.notices.services.labels import ACTION_LABELS
        from zhiyin.act.notices.tasks import register_tasks

        register_tasks()
        name_actions(ACTION_LABELS)
