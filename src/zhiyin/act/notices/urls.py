"""Addresses of notices."""

from __future__ import annotations

from django.urls import path

from zhiyin.act.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/bell/", views.bell, name="notice-bell"),
    path("notices/read/", views.read_all, name="notices-read"),
    path("notices/<int:pk>/open/", views.open_notice, name="notice-open"),
    path("settings/notices/", views.wishes, name="notice-wishes"),
]
