from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "zhiyin.channels"
    label = "channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        """Register the background work, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.channels.services.labels import ACTION_LABELS
        from zhiyin.channels.tasks import register_tasks

        register_tasks()
        name_actions(ACTION_LABELS)
