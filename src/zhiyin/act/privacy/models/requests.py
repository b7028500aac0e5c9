"""What customers ask about their own data, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import (
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.channels.models import ChannelAccount
from zhiyin.common import clock
from zhiyin.common.confidential import decrypt
from zhiyin.listen.customers.models import Customer


class PrivacySetting(OrganisationOwned):
    """How an organisation answers: in how many days, and what an erasure leaves."""

    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_(
            "Calendar days, if you promise less than the law; left empty, the time of "
            "the jurisdiction holds."
        ),
    )
    keeps_scores = models.BooleanField(
        _("an erasure keeps scores without a name"),
        default=True,
        help_text=_("Words, fields and links go in any case."),
    )
    is_form_open = models.BooleanField(
        _("customers can file requests themselves"), default=False
    )
    sms_account = models.ForeignKey(
        ChannelAccount,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sender of codes by SMS"),
    )
    email_account = models.ForeignKey(
        ChannelAccount,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sender of codes by e-mail"),
    )
    purges_nightly = models.BooleanField(
        _("follow the retention schedule every night"), default=False
    )

    objects = VisibleQuerySet["PrivacySetting"].as_manager()

    class Meta:
        verbose_name = _("data protection settings")
        verbose_name_plural = _("data protection settings")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="privacy_setting_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class RequestKind(models.TextChoices):
    ACCESS = "access", _("see the data")
    COPY = "copy", _("get a copy")
    CORRECT = "correct", _("correct the data")
    DELETE = "delete", _("delete the data")
    EXPLAIN = "explain", _("explain an automated decision")
    OBJECT = "object", _("object to automated decisions")
    WITHDRAW = "withdraw", _("no more messages")


class RequestState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("request", "received")
    IDENTIFIED = "identified", _("identified")
    WORKING = "working", _("being worked on")
    ANSWERED = "answered", pgettext_lazy("request", "answered")
    REFUSED = "refused", pgettext_lazy("request", "refused")


CLOSED = (RequestState.ANSWERED, RequestState.REFUSED)


class RequestWay(models.TextChoices):
    """How a request came."""

    FORM = "form", _("form")
    PHONE = "phone", _("telephone")
    EMAIL = "email", _("e-mail")
    LETTER = "letter", _("letter")
    COUNTER = "counter", _("at a counter")
    STAFF = "staff", _("ordered by a colleague")


class SubjectRequestQuerySet(VisibleQuerySet["SubjectRequest"]):
    def visible_to(self, person: Person) -> Self:
        """Return requests for who answers them; a request belongs to no department."""
        rows = super().visible_to(person)
        may = person.may(Permission.MANAGE_PRIVACY)
        everywhere = may and person.reach(Permission.MANAGE_PRIVACY) is None
        return rows if everywhere else rows.none()

    def waiting(self) -> Self:
        """Return those that are not closed."""
        return self.exclude(state__in=CLOSED)


class SubjectRequest(OrganisationOwned):
    """One request of one person about their own data.

    What names the person is encrypted, and taken away when their data was erased: the
    row stays as the proof that the request was answered in time.
    """

    kind = models.CharField(_("request"), max_length=10, choices=RequestKind.choices)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=RequestState.choices,
        default=RequestState.RECEIVED,
    )
    way = models.CharField(_("came by"), max_length=8, choices=RequestWay.choices)
    customer = models.ForeignKey(
        Customer,
        null=True,
        on_delete=models.SET_NULL,
        related_name="privacy_requests",
        verbose_name=_("customer"),
    )
    contact_encrypted = models.BinaryField(default=bytes)
    contact_masked = models.CharField(_("address"), max_length=60, blank=True)
    words_encrypted = models.BinaryField(default=bytes)
    received_at = models.DateTimeField(_("received"))
    due_at = models.DateTimeField(_("due"), db_index=True)
    owner = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("owner"),
    )
    identified_at = models.DateTimeField(_("identified"), null=True)
    identified_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    identified_how = models.CharField(
        _("how identity was checked"), max_length=200, blank=True
    )
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Why it was refused, or what was answered; no names.
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    copied_at = models.DateTimeField(_("copy downloaded"), null=True)
    copied_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("data subject's request")
        verbose_name_plural = _("data subjects' requests")
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["organisation", "state", "due_at"])]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def contact(self) -> str:
        """Return where the person is answered, in clear, or ""."""
        return decrypt(self.contact_encrypted) if self.contact_encrypted else ""

    @property
    def words(self) -> str:
        """Return what the person wrote, or ""."""
        return decrypt(self.words_encrypted) if self.words_encrypted else ""

    @property
    def is_closed(self) -> bool:
        """Tell whether the clock has stopped."""
        return self.state in CLOSED

    @property
    def left(self) -> dt.timedelta:
        """Return how much time is left; less than nothing when it is late."""
        return self.due_at - (self.closed_at or clock.now())

    @property
    def is_late(self) -> bool:
        """Tell whether it was not answered in time."""
        return self.left < dt.timedelta()

    @property
    def is_urgent(self) -> bool:
        """Tell whether less than three days are left of an open request."""
        return not self.is_closed and self.left < dt.timedelta(days=3)

    @property
    def days_left(self) -> int:
        """Return whole days left, rounded down; negative when it is late."""
        return self.left.days


class RequestNote(models.Model):
    """A step of a request or a remark on it; lines are added, never changed."""

    request = models.ForeignKey(
        SubjectRequest, on_delete=models.CASCADE, related_name="notes"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    step = models.CharField(max_length=20, choices=RequestState.choices, blank=True)
    text_encrypted = models.BinaryField(default=bytes)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.step}"

    @property
    def text(self) -> str:
        """Return the remark, or ""."""
        return decrypt(self.text_encrypted) if self.text_encrypted else ""


class IdentityCode(OrganisationOwned):
    """A request that waits for the code that was sent to the address it names.

    `sender` is a keyed hash of where the form was sent from, to count tries. Rows are
    deleted within a day.
    """

    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    contact_hash = models.CharField(max_length=64)
    contact_encrypted = models.BinaryField()
    words_encrypted = models.BinaryField(default=bytes)
    code_hash = models.CharField(max_length=64, blank=True)
    sender = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet["IdentityCode"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "contact_hash"]),
            models.Index(fields=["organisation", "sender"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)
