from __future__ import annotations

from django.urls import path, re_path

from zhiyin.act.recovery.views import loop, praise, telling, texts

urlpatterns = [
    path("act/loop/", loop.loop, name="loop"),
    re_path(r"^act/loop\.(?P<ending>csv|xlsx)$", loop.loop_export, name="loop-export"),
    path("act/praise/", praise.praise, name="praise"),
    path("act/praise/<int:pk>/who/", praise.praise_name, name="praise-name"),
    path("act/loop/texts/", texts.closing_texts, name="closing-texts"),
    path("act/loop/texts/other/", texts.closing_text, name="closing-text-other"),
    path("act/loop/texts/<int:pk>/", texts.closing_text, name="closing-text"),
    path("act/loop/news/", texts.cause_news, name="cause-news"),
    path("act/loop/settings/", texts.loop_settings, name="loop-settings"),
    path("act/cases/<int:pk>/message/", telling.case_telling, name="case-telling"),
]
