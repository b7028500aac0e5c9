from __future__ import annotations

from django.urls import path, re_path

from zhiyin.listen.programs.views import (
    catalogue,
    codes,
    fieldwork,
    journeys,
    kiosks,
    links,
    programmes,
    widgets,
)

urlpatterns = [
    path("listen/links/", links.link_list, name="links"),
    path("listen/links/new/", links.link_edit, name="link-new"),
    path("listen/links/<int:pk>/", links.link_page, name="link"),
    path("listen/links/<int:pk>/edit/", links.link_edit, name="link-edit"),
    path("listen/links/<int:pk>/open/", links.link_open, name="link-open"),
    path("listen/links/<int:pk>/people/", links.link_people, name="link-people"),
    re_path(
        r"^listen/links/(?P<pk>\d+)/qr\.(?P<kind>svg|png)$",
        links.link_qr,
        name="link-qr",
    ),
    path("listen/links/<int:pk>/codes/", codes.link_codes, name="link-codes"),
    path(
        "listen/links/<int:pk>/codes/print/",
        codes.link_codes_print,
        name="link-codes-print",
    ),
    path(
        "listen/links/<int:pk>/codes/<slug:code>/active/",
        codes.link_code_active,
        name="link-code-active",
    ),
    path("listen/links/<int:pk>/kiosks/", kiosks.link_kiosks, name="link-kiosks"),
    path("listen/kiosks/<int:pk>/", kiosks.kiosk_edit, name="kiosk-edit"),
    path("listen/kiosks/<int:pk>/active/", kiosks.kiosk_active, name="kiosk-active"),
    path("listen/widgets/", widgets.widget_list, name="widgets"),
    path("listen/widgets/new/", widgets.widget_edit, name="widget-new"),
    path("listen/widgets/<int:pk>/", widgets.widget_page, name="widget"),
    path("listen/widgets/<int:pk>/edit/", widgets.widget_edit, name="widget-edit"),
    path(
        "listen/widgets/<int:pk>/preview/",
        widgets.widget_preview,
        name="widget-preview",
    ),
    path("listen/widgets/<int:pk>/live/", widgets.widget_live, name="widget-live"),
    path(
        "listen/widgets/<int:pk>/secret/", widgets.widget_secret, name="widget-secret"
    ),
    path("listen/touchpoints/", catalogue.touchpoint_list, name="touchpoints"),
    path("listen/touchpoints/new/", catalogue.touchpoint_edit, name="touchpoint-new"),
    path(
        "listen/touchpoints/standard/",
        catalogue.touchpoints_standard,
        name="touchpoints-standard",
    ),
    path(
        "listen/touchpoints/<int:pk>/",
        catalogue.touchpoint_edit,
        name="touchpoint",
    ),
    path(
        "listen/touchpoints/<int:pk>/active/",
        catalogue.touchpoint_active,
        name="touchpoint-active",
    ),
    path("listen/waves/", catalogue.wave_list, name="waves"),
    path("listen/waves/new/", catalogue.wave_edit, name="wave-new"),
    path("listen/waves/<int:pk>/", fieldwork.wave_page, name="wave"),
    path("listen/waves/<int:pk>/edit/", catalogue.wave_edit, name="wave-edit"),
    path(
        "listen/waves/<int:pk>/monitor/",
        fieldwork.wave_monitor,
        name="wave-monitor",
    ),
    path("listen/journey/", journeys.journey_map, name="journey"),
    path("listen/programmes/", programmes.programme_list, name="programmes"),
    path("listen/programmes/new/", programmes.programme_edit, name="programme-new"),
    path(
        "listen/programmes/standard/",
        programmes.programmes_standard,
        name="programmes-standard",
    ),
    path("listen/programmes/<int:pk>/", programmes.programme_page, name="programme"),
    path(
        "listen/programmes/<int:pk>/edit/",
        programmes.programme_edit,
        name="programme-edit",
    ),
    path(
        "listen/programmes/<int:pk>/live/",
        programmes.programme_live,
        name="programme-live",
    ),
    path(
        "listen/programmes/<int:pk>/try/",
        programmes.programme_try,
        name="programme-try",
    ),
    path(
        "listen/programmes/<int:pk>/questionnaire/",
        programmes.programme_questionnaire,
        name="programme-questionnaire",
    ),
    path(
        "listen/programmes/<int:pk>/frame/",
        fieldwork.programme_frame,
        name="programme-frame",
    ),
    path(
        "listen/programmes/<int:pk>/monitor/",
        fieldwork.programme_monitor,
        name="programme-monitor",
    ),
    path(
        "listen/programmes/<int:pk>/frame.csv",
        fieldwork.frame_export,
        name="programme-export",
    ),
    path("listen/programmes/<int:pk>/gates/", fieldwork.gates, name="programme-gates"),
]
