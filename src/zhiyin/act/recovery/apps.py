from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveryConfig(AppConfig):
    name = "zhiyin.act.recovery"
    label = "recovery"
    verbose_name = _("Recovery")

    def ready(self) -> None:
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.notices.models import Pace
        from zhiyin.act.notices.queries.kinds import register_kind
        from zhiyin.act.recovery.services.holdings import register_places
        from zhiyin.act.recovery.services.labels import ACTION_LABELS
        from zhiyin.act.recovery.services.praising import KIND
        from zhiyin.act.recovery.tasks import register_tasks

        name_actions(ACTION_LABELS)
        register_kind(KIND, _("Praise"), pace=Pace.AT_ONCE)
        register_tasks()
        register_places()
