"""What the columns of files of customers and of events are for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TableRole(models.TextChoices):
    """What one column is for; a file uses those of its kind."""

    IGNORE = "ignore", _("leave out")
    CUSTOMER = "customer", _("customer key")
    PHONE = "phone", _("telephone number")
    EMAIL = "email", _("e-mail address")
    LANGUAGE = "language", _("language")
    AUDIENCE = "audience", _("audience")
    DEPARTMENT = "department", _("department code")
    IS_TEST = "is_test", _("test number: yes or no")
    IS_STAFF = "is_staff", _("own staff: yes or no")
    ATTRIBUTE = "attribute", _("customer attribute")
    OPERATIONAL = "operational", _("operational data")
    EVENT_KIND = "event_kind", _("kind of event")
    EVENT_KEY = "event_key", _("key of the event")
    TIME = "time", _("time of the event")
    EMPLOYEE = "employee", _("employee")
    EVENT_ATTRIBUTE = "event_attribute", _("attribute of the event")
    TEXT = "text", _("text of the feedback")
    CHANNEL = "channel", _("channel")
    FEEDBACK_KEY = "feedback_key", _("key of the feedback")
    SAID_AT = "said_at", _("time of the feedback")


_R = TableRole
CUSTOMER_ROLES = (
    _R.IGNORE, _R.CUSTOMER, _R.PHONE, _R.EMAIL, _R.LANGUAGE, _R.AUDIENCE,
    _R.DEPARTMENT, _R.IS_TEST, _R.IS_STAFF, _R.ATTRIBUTE, _R.OPERATIONAL,
)  # fmt: skip
EVENT_ROLES = (
    _R.IGNORE, _R.CUSTOMER, _R.EVENT_KIND, _R.EVENT_KEY, _R.TIME, _R.DEPARTMENT,
    _R.EMPLOYEE, _R.EVENT_ATTRIBUTE,
)  # fmt: skip
FEEDBACK_ROLES = (
    _R.IGNORE, _R.TEXT, _R.CHANNEL, _R.SAID_AT, _R.CUSTOMER, _R.DEPARTMENT,
    _R.FEEDBACK_KEY,
)  # fmt: skip
FIELD_ROLES = (_R.ATTRIBUTE, _R.OPERATIONAL)
REPEATABLE_ROLES = (_R.IGNORE, _R.PHONE, _R.EMAIL, *FIELD_ROLES, _R.EVENT_ATTRIBUTE)
