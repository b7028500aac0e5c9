from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "zhiyin.analyze.dashboards"
    label = "dashboards"
    verbose_name = _("Dashboards")

    def ready(self) -> None:
        from zhiyin.accounts.services import name_actions

        name_actions(
            {
                "scores.exported": _("Scores exported"),
                "table.exported": _("Table exported"),
                "compare.exported": _("Comparison exported"),
                "voices.exported": _("Comments exported"),
            },
        )
