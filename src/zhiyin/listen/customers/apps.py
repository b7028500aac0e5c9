from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "zhiyin.listen.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Register tasks and sources, and name the actions of the audit log."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.channels.services import register_refusal
        from zhiyin.listen.customers.queries.moments import register_sources
        from zhiyin.listen.customers.services import refusal_of
        from zhiyin.listen.customers.services.holdings import register_places
        from zhiyin.listen.customers.services.keeping import register_kinds
        from zhiyin.listen.customers.services.labels import (
            ACTION_LABELS,
        )
        from zhiyin.listen.customers.tasks import register_tasks

        register_tasks()
        register_sources()
        name_actions(ACTION_LABELS)
        register_places()
        register_kinds()
        register_refusal("consent", refusal_of)
