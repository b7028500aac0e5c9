from __future__ import annotations

from django.urls import path

from zhiyin.listen.contacts import views

urlpatterns = [
    path("listen/contacts/", views.log, name="contacts"),
    path("listen/contacts/export/", views.export, name="contacts-export"),
    path("listen/contacts/policy/", views.policy, name="contact-policy"),
    path("listen/contacts/portability/", views.portability, name="portability"),
    path(
        "listen/contacts/portability/<slug:state>/",
        views.portability_strategy,
        name="portability-strategy",
    ),
    path("listen/contacts/suppressions/", views.suppression_list, name="suppressions"),
    path(
        "listen/contacts/suppressions/<int:pk>/lift/",
        views.suppression_lift,
        name="suppression-lift",
    ),
]
