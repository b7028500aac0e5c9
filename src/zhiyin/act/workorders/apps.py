from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkordersConfig(AppConfig):
    name = "zhiyin.act.workorders"
    label = "workorders"
    verbose_name = _("Work orders")

    def ready(self) -> None:
        """Register the background work, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.workorders.tasks import register_tasks

        register_tasks()
        name_actions(
            {
                "workorder_system.created": _("Connected a work-order system"),
                "workorder_system.edited": _("Changed a work-order system"),
                "workorder_system.started": _("Began to exchange cases"),
                "workorder_system.stopped": _("Stopped exchanging cases"),
                "workorder_system.deleted": _("Deleted a work-order system"),
                "workorder.conflicts_seen": _("Read conflicts of a work order"),
                "workorder.taken": _("Took over what a work order said"),
            },
        )
