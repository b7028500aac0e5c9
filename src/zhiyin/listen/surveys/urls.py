from __future__ import annotations

from django.urls import path

from zhiyin.listen.surveys import views

urlpatterns = [
    path("listen/surveys/", views.survey_list, name="surveys"),
    path("listen/surveys/new/", views.survey_new, name="survey-new"),
    path("listen/surveys/<int:pk>/", views.survey, name="survey"),
    path("listen/surveys/<int:pk>/draft/", views.draft_start, name="survey-draft"),
    path("listen/surveys/<int:pk>/edit/", views.draft_edit, name="survey-edit"),
    path(
        "listen/surveys/<int:pk>/discard/",
        views.draft_discard,
        name="survey-discard",
    ),
    path(
        "listen/surveys/<int:pk>/archive/",
        views.survey_archive,
        name="survey-archive",
    ),
]
