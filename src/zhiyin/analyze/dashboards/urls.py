from __future__ import annotations

from django.urls import path, re_path

from zhiyin.analyze.dashboards import views

urlpatterns = [
    path("", views.home, name="home"),
    path("analyze/scores/", views.scores, name="scores"),
    path("analyze/compare/", views.compare, name="compare"),
    path("analyze/table/", views.table, name="table"),
    path("analyze/voices/", views.voices, name="voices"),
    path("analyze/voices/feedback/", views.unasked, name="unasked"),
    re_path(
        r"^analyze/(?P<kind>scores|table|compare|voices)\.(?P<ending>csv|xlsx)$",
        views.export,
        name="export",
    ),
    re_path(
        r"^analyze/trend\.(?P<ending>json|svg|png)$",
        views.trend_chart,
        name="trend_chart",
    ),
    path("analyze/views/save/", views.save_view, name="save_view"),
    path("analyze/views/<int:pk>/delete/", views.delete_view, name="delete_view"),
]
