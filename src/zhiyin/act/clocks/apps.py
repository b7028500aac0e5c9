from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClocksConfig(AppConfig):
    name = "zhiyin.act.clocks"
    label = "clocks"
    verbose_name = _("Clocks")
