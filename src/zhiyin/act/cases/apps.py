from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "zhiyin.act.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from zhiyin.accounts.services import name_actions
        from zhiyin.act.cases.queries.elsewhere import register_elsewhere
        from zhiyin.act.cases.queries.moments import register_sources
        from zhiyin.act.cases.services.labels import ACTION_LABELS
        from zhiyin.act.cases.services.telling import register_kinds
        from zhiyin.act.cases.tasks import register_tasks

        name_actions(ACTION_LABELS)
        register_kinds()
        register_sources()
        register_elsewhere()
        register_tasks()
