"""Addresses of alerts."""

from __future__ import annotations

from django.urls import path

from zhiyin.act.alerts.views import alerts, rules

urlpatterns = [
    path("act/alerts/", alerts.alerts, name="alerts"),
    path("act/alerts/<int:pk>/", alerts.alert, name="alert"),
    path("act/alerts/<int:pk>/dismiss/", alerts.dismiss, name="alert-dismiss"),
    path("act/alerts/<int:pk>/restore/", alerts.restore, name="alert-restore"),
    path("act/alert-rules/", rules.rules, name="alert-rules"),
    path("act/alert-rules/standard/", rules.standard, name="alert-rules-standard"),
    path("act/alert-rules/new/", rules.new_rule, name="alert-rule-new"),
    path("act/alert-rules/<int:pk>/", rules.rule, name="alert-rule"),
    path("act/alert-rules/<int:pk>/edit/", rules.edit_rule, name="alert-rule-edit"),
    path("act/alert-rules/<int:pk>/on/", rules.turn_on, name="alert-rule-on"),
    path("act/alert-rules/<int:pk>/off/", rules.turn_off, name="alert-rule-off"),
    path("act/alert-rules/<int:pk>/delete/", rules.delete, name="alert-rule-delete"),
]
