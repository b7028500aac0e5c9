from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveryConfig(AppConfig):
    name = "zhiyin.act.recovery"
    label = "recovery"
    verbose_name = _("Recovery")
