from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ResponsesConfig(AppConfig):
    name = "zhiyin.listen.responses"
    label = "responses"
    verbose_name = _("Responses")

    def ready(self) -> None:
        """Read replies, and have the database keep anonymous answers nameless."""
        from zhiyin.accounts.services import name_actions
        from zhiyin.listen.responses.queries.moments import register_sources
        from zhiyin.listen.responses.queries.ratings import register_panels
        from zhiyin.listen.responses.queries.touchpoints import register_counts
        from zhiyin.listen.responses.services import anonymity
        from zhiyin.listen.responses.services.holdings import register_places
        from zhiyin.listen.responses.tasks import register_tasks

        name_actions({"responses.exported": _("Responses exported")})
        register_tasks()
        register_sources()
        register_panels()
        register_counts()
        pre_migrate.connect(anonymity.remove_triggers, sender=self)
        post_migrate.connect(anonymity.install_triggers, sender=self)
        register_places()
