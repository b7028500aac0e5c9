from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "zhiyin.listen.contacts"
    label = "contacts"
    verbose_name = _("Contact policy")

    def ready(self) -> None:
        """Tell customers' time lines what this app knows."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.channels.services import register_refusal
        from zhiyin.listen.contacts.queries.moments import register_sources
        from zhiyin.listen.contacts.services import portability_refusal
        from zhiyin.listen.contacts.services.holdings import register_places

        register_sources()
        register_refusal("portability", portability_refusal)
        name_actions(
            {
                "portability_fence.changed": _("Fence of number portability changed"),
                "portability_strategy.changed": _("Strategy of porting changed"),
            }
        )
        register_places()
