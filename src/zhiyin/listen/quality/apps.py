from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "zhiyin.listen.quality"
    label = "quality"
    verbose_name = _("Data quality")

    def ready(self) -> None:
        """Register the background work, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.listen.quality.services.holdings import register_places
        from zhiyin.listen.quality.tasks import register_tasks

        register_tasks()
        name_actions(
            {
                "cleaning.changed": _("Changed the cleaning rules"),
                "cleaning.started": _("Looked for answers to take out"),
                "cleaning.applied": _("Took out what the cleaning rules found"),
                "cleaning.undone": _("Put back what a cleaning run took out"),
                "cleaning.exported": _("Exported what a cleaning run found"),
                "weighting.applied": _("Weighted answers to the base"),
                "weighting.undone": _("Took weights back"),
                "audit_sample.drawn": _("Drew answers to be checked"),
                "audit_case.checked": _("Recorded a checked answer"),
            },
        )
        register_places()
