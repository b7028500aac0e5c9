from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "zhiyin.act.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        """Register the work, the kinds of notices, and the names of what is done."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.notices.services.approvals import register_kinds
        from zhiyin.act.notices.services.labels import ACTION_LABELS
        from zhiyin.act.notices.tasks import register_tasks

        register_tasks()
        register_kinds()
        name_actions(ACTION_LABELS)
