from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "zhiyin.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from zhiyin.accounts.adapters import record_login_events
        from zhiyin.accounts.models.guards import guard_after_migrating
        from zhiyin.accounts.services import name_actions
        from zhiyin.accounts.services.labels import ACTION_LABELS
        from zhiyin.accounts.tasks import register_tasks

        post_migrate.connect(guard_after_migrating, sender=self)
        record_login_events()
        name_actions(ACTION_LABELS)
        register_tasks()
