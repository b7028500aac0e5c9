"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from zhiyin.listen.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("new/", views.upload, name="import_new"),
    path("profiles/", views.profiles, name="import_profiles"),
    path(
        "profiles/<int:pk>/delete/",
        views.delete_profile,
        name="import_profile_delete",
    ),
    path("<int:pk>/", views.detail, name="import_detail"),
    path("<int:pk>/preview/", views.preview, name="import_preview"),
    path("<int:pk>/columns/", views.mapping, name="import_mapping"),
    path("<int:pk>/review/", views.review, name="import_review"),
    path("<int:pk>/status/", views.status, name="import_status"),
    path("<int:pk>/cancel/", views.cancel, name="import_cancel"),
    path("<int:pk>/retry/", views.retry, name="import_retry"),
    path("<int:pk>/again/", views.again, name="import_again"),
    path("<int:pk>/undo/", views.undo, name="import_undo"),
    path("<int:pk>/discard/", views.discard, name="import_discard"),
    path("<int:pk>/rejected.csv", views.rejected, name="import_rejected"),
]
