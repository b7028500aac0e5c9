from __future__ import annotations

from django.urls import path

from zhiyin.analyze.dashboards import views

urlpatterns = [
    path("", views.home, name="home"),
]
