from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompatConfig(AppConfig):
    name = "zhiyin.compat"
    label = "compat"
    verbose_name = _("Other programs")

    def ready(self) -> None:
        """Register the background work, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.compat.services.labels import ACTION_LABELS
        from zhiyin.compat.tasks import register_tasks

        register_tasks()
        name_actions(ACTION_LABELS)
