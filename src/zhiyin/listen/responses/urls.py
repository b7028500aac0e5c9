from __future__ import annotations

from django.urls import path, re_path

from zhiyin.listen.responses.views import answering

PERSONAL = r"^s/(?P<slug>[\w-]+)/(?P<token>[A-Za-z0-9_-]{22,64})/"
VISITED = r"^s/(?P<slug>[\w-]+)/a/(?P<key>[A-Za-z0-9_.~-]{40,160})/"

urlpatterns = [
    path("s/<slug:slug>/", answering.question, name="answer"),
    path("s/<slug:slug>/privacy/", answering.privacy, name="answer-privacy"),
    re_path(VISITED + "$", answering.question, name="answer-visit"),
    re_path(VISITED + "more/$", answering.more, name="answer-visit-more"),
    re_path(VISITED + "thanks/$", answering.thanks, name="answer-visit-thanks"),
    re_path(VISITED + "privacy/$", answering.privacy, name="answer-visit-privacy"),
    re_path(PERSONAL + "$", answering.question, name="answer-personal"),
    re_path(PERSONAL + "more/$", answering.more, name="answer-personal-more"),
    re_path(PERSONAL + "thanks/$", answering.thanks, name="answer-personal-thanks"),
    re_path(PERSONAL + "privacy/$", answering.privacy, name="answer-personal-privacy"),
    re_path(PERSONAL + "opt-out/$", answering.opt_out, name="answer-personal-opt-out"),
    path("s/<path:rest>", answering.nothing_here),
]
