from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "zhiyin.act.privacy"
    label = "privacy"
    verbose_name = _("Data protection")

    def ready(self) -> None:
        """Register places, background work, and the names of actions."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.privacy.services import (
            holdings,
            holdings_act,
            holdings_orders,
            reminding,
        )
        from zhiyin.act.privacy.services.erasing import order_erasure
        from zhiyin.act.privacy.services.labels import ACTION_LABELS
        from zhiyin.act.privacy.tasks import register_tasks
        from zhiyin.listen.customers.services import register_eraser

        register_eraser(order_erasure)
        holdings.register_places()
        holdings_act.register_places()
        # Found by their cases, and so erased before these.
        holdings_orders.register_places()
        reminding.register_kinds()
        register_tasks()
        name_actions(ACTION_LABELS)
