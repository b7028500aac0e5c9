from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "zhiyin.act.alerts"
    label = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        """Register the work, the kind of notice, and the names of what is done."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.alerts.services.labels import ACTION_LABELS
        from zhiyin.act.alerts.services.telling import KIND
        from zhiyin.act.alerts.tasks import register_tasks
        from zhiyin.act.notices.queries import register_kind

        register_tasks()
        register_kind(KIND, _("An alert is yours"), ways=("email",))
        name_actions(ACTION_LABELS)
