from __future__ import annotations

from django.urls import path

from zhiyin.act.clocks import views

ROOT = "act/calendars/"

urlpatterns = [
    path(ROOT, views.calendars, name="calendars"),
    path(f"{ROOT}new/", views.calendar_edit, name="calendar-new"),
    path(f"{ROOT}<int:pk>/", views.calendar_edit, name="calendar"),
    path(f"{ROOT}<int:pk>/days/", views.calendar_days, name="calendar-days"),
    path(
        f"{ROOT}<int:pk>/days/<int:day>/remove/",
        views.calendar_day_remove,
        name="calendar-day-remove",
    ),
    path(f"{ROOT}<int:pk>/delete/", views.calendar_delete, name="calendar-delete"),
]
