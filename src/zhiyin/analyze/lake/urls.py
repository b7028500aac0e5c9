from __future__ import annotations

from django.urls import path

from zhiyin.analyze.lake import views

urlpatterns = [
    path("", views.data, name="lake"),
    path("sync/", views.sync, name="lake_sync"),
    path("rebuild/", views.rebuild, name="lake_rebuild"),
]
