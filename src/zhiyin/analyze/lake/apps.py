from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class LakeConfig(AppConfig):
    name = "zhiyin.analyze.lake"
    label = "lake"
    verbose_name = _("Lake")

    def ready(self) -> None:
        """Have the triggers follow the tables, and the lake follow the rows."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.analyze.lake import tasks
        from zhiyin.analyze.lake.services import triggers

        pre_migrate.connect(triggers.remove_triggers, sender=self)
        post_migrate.connect(triggers.install_triggers, sender=self)
        tasks.register()
        name_actions(
            {
                "lake.synced": _("Data synced"),
                "lake.rebuild_requested": _("Rebuild of the data asked for"),
            },
        )
