"""Addresses of the site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("settings/", include("zhiyin.accounts.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("zhiyin.listen.responses.urls")),
    path("", include("zhiyin.analyze.dashboards.urls")),
]
