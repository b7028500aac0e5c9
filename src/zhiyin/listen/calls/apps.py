from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "zhiyin.listen.calls"
    label = "calls"
    verbose_name = _("IVR")

    def ready(self) -> None:
        """Name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.listen.calls.services.holdings import register_places

        name_actions(
            {
                "ivr_source.created": _("IVR source made"),
                "ivr_source.edited": _("IVR source changed"),
                "ivr_source.secret_renewed": _("IVR source got a new secret"),
                "ivr_source.deleted": _("IVR source deleted"),
            },
        )
        register_places()
