"""Address of the choice of language."""

from __future__ import annotations

from django.urls import path

from zhiyin.accounts.views import profile

urlpatterns = [path("", profile.set_language, name="set_language")]
