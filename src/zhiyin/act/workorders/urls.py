from __future__ import annotations

from django.urls import path

from zhiyin.act.workorders import views

BASE = "act/work-orders/"
ONE = f"{BASE}systems/<int:pk>/"

urlpatterns = [
    path(BASE, views.order_list, name="workorders"),
    path(f"{BASE}<int:pk>/", views.order_page, name="workorder"),
    path(f"{BASE}<int:pk>/seen/", views.order_seen, name="workorder-seen"),
    path(f"{BASE}systems/", views.system_list, name="workorder-systems"),
    path(f"{BASE}systems/new/", views.system_edit, name="workorder-system-new"),
    path(ONE, views.system_page, name="workorder-system"),
    path(f"{ONE}edit/", views.system_edit, name="workorder-system-edit"),
    path(f"{ONE}live/", views.system_live, name="workorder-system-live"),
    path(f"{ONE}delete/", views.system_delete, name="workorder-system-delete"),
]
