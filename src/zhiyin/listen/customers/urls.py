"""Addresses of customers."""

from __future__ import annotations

from django.urls import path

from zhiyin.listen.customers import views

_ONE = "listen/customers/<int:pk>/"
_POINT = "listen/customers/contact/<int:pk>/"

urlpatterns = [
    path("listen/customers/", views.customers, name="customers"),
    path("listen/customers/export/", views.customers_export, name="customers-export"),
    path(_ONE, views.single, name="customer"),
    path(f"{_ONE}edit/", views.customer_edit, name="customer-edit"),
    path(f"{_ONE}erase/", views.customer_erase, name="customer-erase"),
    path(f"{_ONE}contact/", views.contact_point_add, name="contact-point-add"),
    path(f"{_ONE}consent/", views.consent_add, name="consent-add"),
    path(
        f"{_ONE}field/<slug:code>/reveal/",
        views.field_reveal,
        name="customer-field-reveal",
    ),
    path(f"{_POINT}prefer/", views.contact_point_prefer, name="contact-point-prefer"),
    path(f"{_POINT}usable/", views.contact_point_usable, name="contact-point-usable"),
    path(
        f"{_POINT}unusable/",
        views.contact_point_unusable,
        name="contact-point-unusable",
    ),
    path(f"{_POINT}reveal/", views.contact_point_reveal, name="contact-point-reveal"),
    path(
        "customers/<int:pk>/reveal/",
        views.customer_reveal,
        name="customer-reveal",
    ),
]
