"""Addresses of the site."""

from __future__ import annotations

from django.urls import include, path

from zhiyin.site.api import api, reference

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("zhiyin.compat.urls")),
    path("api/", reference, name="api_reference"),
    path("account/", include("zhiyin.accounts.urls.entrance")),
    path("settings/", include("zhiyin.accounts.urls")),
    path("language/", include("zhiyin.accounts.urls.language")),
    path("", include("zhiyin.channels.urls")),
    path("", include("zhiyin.listen.customers.urls")),
    path("", include("zhiyin.listen.surveys.urls")),
    path("", include("zhiyin.listen.contacts.urls")),
    path("", include("zhiyin.listen.programs.urls")),
    path("", include("zhiyin.listen.responses.urls")),
    path("", include("zhiyin.listen.calls.urls")),
    path("", include("zhiyin.listen.quality.urls")),
    path("listen/imports/", include("zhiyin.listen.imports.urls")),
    path("analyze/data/", include("zhiyin.analyze.lake.urls")),
    path("analyze/metrics/", include("zhiyin.analyze.metrics.urls")),
    path("", include("zhiyin.analyze.dashboards.urls")),
    path("", include("zhiyin.act.workorders.urls")),
    path("", include("zhiyin.act.alerts.urls")),
    path("", include("zhiyin.act.notices.urls")),
    path("", include("zhiyin.act.privacy.urls")),
    path("", include("zhiyin.act.recovery.urls")),
    path("", include("zhiyin.act.cases.urls")),
    path("", include("zhiyin.act.clocks.urls")),
]
