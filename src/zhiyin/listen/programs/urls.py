from __future__ import annotations

from django.urls import path, re_path

from zhiyin.listen.programs.views import catalogue, links

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
    path("listen/waves/<int:pk>/", catalogue.wave_edit, name="wave"),
]
