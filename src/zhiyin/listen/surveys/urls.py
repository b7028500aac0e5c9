from __future__ import annotations

from django.urls import path

from zhiyin.listen.surveys.views import designer, listing, parts, versions

ONE = "listen/surveys/<int:pk>"

urlpatterns = [
    path("listen/surveys/", listing.survey_list, name="surveys"),
    path("listen/surveys/new/", listing.survey_new, name="survey-new"),
    path("listen/surveys/import/", listing.survey_import, name="survey-import"),
    path(f"{ONE}/", versions.survey, name="survey"),
    path(f"{ONE}/archive/", listing.survey_archive, name="survey-archive"),
    path(f"{ONE}/draft/", listing.draft_start, name="survey-draft"),
    path(f"{ONE}/compare/", versions.survey_compare, name="survey-compare"),
    path(f"{ONE}/export/", versions.survey_export, name="survey-export"),
    path(f"{ONE}/publish/", versions.draft_publish, name="survey-publish"),
    path(f"{ONE}/discard/", versions.draft_discard, name="survey-discard"),
    path(f"{ONE}/edit/", designer.draft_edit, name="survey-edit"),
    path(f"{ONE}/edit/settings/", parts.draft_settings, name="survey-settings"),
    path(f"{ONE}/edit/quotas/", parts.draft_quotas, name="survey-quotas"),
    path(f"{ONE}/edit/texts/", parts.draft_texts, name="survey-texts"),
    path(f"{ONE}/edit/add/", designer.item_add, name="survey-item-add"),
    path(f"{ONE}/edit/undo/", designer.item_undo, name="survey-item-undo"),
    path(f"{ONE}/edit/pages/", designer.page_add, name="survey-page-add"),
    path(
        f"{ONE}/edit/pages/<int:number>/",
        designer.page_save,
        name="survey-page-save",
    ),
    path(
        f"{ONE}/edit/pages/<int:number>/merge/",
        designer.page_merge,
        name="survey-page-merge",
    ),
    path(
        f"{ONE}/edit/items/<slug:code>/",
        designer.item_save,
        name="survey-item-save",
    ),
    path(
        f"{ONE}/edit/items/<slug:code>/<slug:action>/",
        designer.item_act,
        name="survey-item-act",
    ),
]
