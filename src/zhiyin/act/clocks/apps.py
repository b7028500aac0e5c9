from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClocksConfig(AppConfig):
    name = "zhiyin.act.clocks"
    label = "clocks"
    verbose_name = _("Clocks")

    def ready(self) -> None:
        from zhiyin.accounts.services import name_actions

        name_actions(
            {
                "calendar.saved": _("Work calendar saved"),
                "calendar.deleted": _("Work calendar deleted"),
                "calendar.days_added": _("Days added to a work calendar"),
                "calendar.day_removed": _("Day removed from a work calendar"),
            },
        )
