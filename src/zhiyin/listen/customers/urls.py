from __future__ import annotations

from django.urls import path

from zhiyin.listen.customers import views

urlpatterns = [
    path(
        "customers/<int:pk>/reveal/",
        views.customer_reveal,
        name="customer-reveal",
    ),
]
