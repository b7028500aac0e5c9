from __future__ import annotations

from django.urls import path, re_path

from zhiyin.listen.responses.views import (
    afterwards,
    answering,
    kiosks,
    listing,
    preview,
    single,
    widget_preview,
    widgets,
)

PERSONAL = r"^s/(?P<slug>[\w-]+)/(?P<token>[A-Za-z0-9_-]{22,64})/"
PRINTED = r"^s/(?P<slug>[\w-]+)/c/(?P<code>[a-z0-9]{4,16})/"
VISITED = r"^s/(?P<slug>[\w-]+)/a/(?P<key>[A-Za-z0-9_.~-]{40,160})/"
PAGE = r"more/(?P<number>[0-9]{1,4})/$"

urlpatterns = [
    path("listen/responses/", listing.response_list, name="responses"),
    path(
        "listen/responses/exclude/",
        listing.responses_exclude,
        name="responses-exclude",
    ),
    path(
        "listen/responses/restore/",
        listing.responses_restore,
        name="responses-restore",
    ),
    path("listen/responses/<int:pk>/", single.response_single, name="response"),
    path(
        "listen/responses/<int:pk>/erase/",
        single.response_erase,
        name="response-erase",
    ),
    path(
        "listen/responses/<int:pk>/reveal/",
        single.response_reveal,
        name="response-reveal",
    ),
    path("listen/links/<int:pk>/preview/", preview.link_preview, name="link-preview"),
    path(
        "listen/versions/<int:pk>/preview/",
        preview.version_preview,
        name="version-preview",
    ),
    path("s/<slug:slug>/", answering.question, name="answer"),
    path("s/<slug:slug>/privacy/", afterwards.privacy, name="answer-privacy"),
    re_path(PRINTED + "$", answering.question, name="answer-code"),
    re_path(PRINTED + "privacy/$", afterwards.privacy, name="answer-code-privacy"),
    re_path(VISITED + "$", answering.question, name="answer-visit"),
    re_path(VISITED + "more/$", answering.more, name="answer-visit-more"),
    re_path(VISITED + PAGE, answering.more, name="answer-visit-page"),
    re_path(VISITED + "thanks/$", afterwards.thanks, name="answer-visit-thanks"),
    re_path(VISITED + "privacy/$", afterwards.privacy, name="answer-visit-privacy"),
    re_path(PERSONAL + "$", answering.question, name="answer-personal"),
    re_path(PERSONAL + "more/$", answering.more, name="answer-personal-more"),
    re_path(PERSONAL + PAGE, answering.more, name="answer-personal-page"),
    re_path(PERSONAL + "thanks/$", afterwards.thanks, name="answer-personal-thanks"),
    re_path(PERSONAL + "privacy/$", afterwards.privacy, name="answer-personal-privacy"),
    re_path(PERSONAL + "opt-out/$", afterwards.opt_out, name="answer-personal-opt-out"),
    path("w/widget.js", widgets.script, name="widget-script"),
    path("w/<slug:public_id>/config/", widgets.config, name="widget-config"),
    path("w/<slug:public_id>/open/", widgets.opened, name="widget-open"),
    path("w/<slug:public_id>/answer/", widgets.answered, name="widget-answer"),
    path(
        "listen/widgets/<int:pk>/try/<slug:public_id>/<slug:step>/",
        widget_preview.widget_try,
        name="widget-try",
    ),
    path("k/<slug:slug>/<slug:code>/", kiosks.kiosk, name="kiosk"),
    path(
        "k/<slug:slug>/<slug:code>/setup.json",
        kiosks.kiosk_settings,
        name="kiosk-setup",
    ),
    path(
        "k/<slug:slug>/<slug:code>/worker.js",
        kiosks.kiosk_worker,
        name="kiosk-worker",
    ),
    path(
        "k/<slug:slug>/<slug:code>/answers/",
        kiosks.kiosk_answers,
        name="kiosk-answers",
    ),
    path("s/<path:rest>", afterwards.nothing_here, name="answer-nothing"),
]
