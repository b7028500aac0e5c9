from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

HOUR_SECONDS = 3600.0


class ProgrammesConfig(AppConfig):
    name = "zhiyin.listen.programs"
    label = "programs"
    verbose_name = _("Programmes")

    def ready(self) -> None:
        from zhiyin.accounts.services import name_actions
        from zhiyin.common import worker
        from zhiyin.listen.programs.queries.moments import register_sources
        from zhiyin.listen.programs.services import forget_traffic
        from zhiyin.listen.programs.services.holdings import register_places
        from zhiyin.listen.programs.services.labels import ACTION_LABELS
        from zhiyin.listen.programs.tasks import register_tasks

        worker.register("programs.forget_traffic", HOUR_SECONDS, forget_traffic)
        register_tasks()
        name_actions(ACTION_LABELS)
        register_sources()
        register_places()
