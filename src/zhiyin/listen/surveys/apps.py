from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "zhiyin.listen.surveys"
    label = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        from zhiyin.accounts.services import name_actions
        from zhiyin.channels.queries.checks import register_text_check
        from zhiyin.listen.surveys.queries.linter.messages import faults_written

        register_text_check("linter", faults_written)
        name_actions(
            {
                "instrument.created": _("questionnaire created"),
                "instrument.archived": _("questionnaire archived"),
                "instrument.restored": _("questionnaire restored"),
                "instrument.imported": _("questionnaire imported"),
                "version.exported": _("version exported"),
                "version.started": _("draft started"),
                "version.edited": _("draft edited"),
                "version.arranged": _("draft rearranged"),
                "version.discarded": _("draft discarded"),
                "version.published": _("version published"),
            },
        )
