from __future__ import annotations

from django.urls import path

from zhiyin.listen.calls import views

BASE = "listen/ivr/"

urlpatterns = [
    path("hooks/ivr/<slug:code>/", views.ivr_hook, name="ivr-hook"),
    path(BASE, views.source_list, name="ivr-sources"),
    path(f"{BASE}new/", views.source_edit, name="ivr-source-new"),
    path(f"{BASE}<int:pk>/", views.source_page, name="ivr-source"),
    path(f"{BASE}<int:pk>/edit/", views.source_edit, name="ivr-source-edit"),
    path(f"{BASE}<int:pk>/secret/", views.source_renew, name="ivr-source-renew"),
    path(f"{BASE}<int:pk>/delete/", views.source_delete, name="ivr-source-delete"),
]
