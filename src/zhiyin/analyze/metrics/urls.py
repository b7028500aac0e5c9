from __future__ import annotations

from django.urls import path

from zhiyin.analyze.metrics import views

urlpatterns = [
    path("", views.metrics, name="metrics"),
    path("markers/", views.markers, name="markers"),
    path("markers/<int:pk>/remove/", views.remove_marker, name="remove_marker"),
    path("<slug:code>/", views.metric, name="metric"),
]
