from __future__ import annotations

from django.urls import path

from zhiyin.compat.api import api

urlpatterns = [path("compat/delighted/v1/", api.urls)]
