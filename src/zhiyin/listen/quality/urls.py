from __future__ import annotations

from django.urls import path, re_path

from zhiyin.listen.quality.views import auditing, cleaning, comparing

urlpatterns = [
    path("listen/quality/", cleaning.cleaning, name="cleaning"),
    path("listen/quality/runs/<int:pk>/", cleaning.cleaning_run, name="cleaning-run"),
    re_path(
        r"^listen/quality/runs/(?P<pk>\d+)/(?P<what>apply|undo)/$",
        cleaning.cleaning_turn,
        name="cleaning-turn",
    ),
    path(
        "listen/quality/runs/<int:pk>/export/",
        cleaning.cleaning_export,
        name="cleaning-export",
    ),
    path(
        "listen/quality/representativeness/",
        comparing.representativeness,
        name="representativeness",
    ),
    path(
        "listen/quality/weightings/<int:pk>/undo/",
        comparing.weighting_undo,
        name="weighting-undo",
    ),
    path("listen/quality/audits/", auditing.audits, name="audits"),
    path("listen/quality/audits/<int:pk>/", auditing.audit_sample, name="audit-sample"),
    path(
        "listen/quality/audits/<int:pk>/<int:case>/",
        auditing.audit_case,
        name="audit-case",
    ),
]
