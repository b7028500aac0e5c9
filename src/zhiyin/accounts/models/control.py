"""Exports under control: who asked, who allowed, and what left the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.people import Person
from zhiyin.accounts.models.roles import Permission
from zhiyin.common import clock
from zhiyin.common.confidential import decrypt
from zhiyin.common.numbers import unpack_numbers

if TYPE_CHECKING:
    import datetime as dt


class Content(models.TextChoices):
    """How close to a person an export comes."""

    NONE = "none", _("Nothing about single customers")
    MASKED = "masked", _("Single customers, masked")
    CLEAR = "clear", _("Customers in clear")


class ApprovalState(models.TextChoices):
    ASKED = "asked", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")


class ApprovalQuerySet(VisibleQuerySet["Approval"]):
    def visible_to(self, person: Person) -> Self:
        """Return one's own requests, and with the permission those of others."""
        rows = super().visible_to(person)
        if person.may(Permission.APPROVE_REQUESTS):
            return rows
        return rows.filter(asked_by=person)

    def waiting(self) -> Self:
        """Return requests that can still be decided."""
        return self.filter(state=ApprovalState.ASKED, expires_at__gt=clock.now())


class Approval(OrganisationOwned):
    """One person's request to export, and another person's decision on it.

    The request itself may hold what somebody searched for, a telephone number
    perhaps: it is kept encrypted, and emptied as soon as it is of no more use.
    """

    kind = models.CharField(_("what"), max_length=60)
    content = models.CharField(max_length=10, choices=Content.choices)
    filters = models.JSONField(_("narrowed to"), default=dict)
    rows = models.PositiveBigIntegerField(_("rows"))
    digest = models.CharField(max_length=64)
    method = models.CharField(max_length=6)
    request_encrypted = models.BinaryField(default=b"")
    asked_by = models.ForeignKey(
        Person, on_delete=models.RESTRICT, related_name="+", verbose_name=_("asked by")
    )
    reason = models.CharField(_("reason"), max_length=300)
    recipient = models.CharField(_("for whom"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("time asked"))
    expires_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=ApprovalState.choices, default=ApprovalState.ASKED
    )
    decided_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.RESTRICT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    use_until = models.DateTimeField(_("usable until"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    uses = models.PositiveSmallIntegerField(default=0)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "state", "expires_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("asked_by")),
                name="approval_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.rows})"

    @property
    def standing(self) -> ApprovalState:
        """Return the state as of now: time runs out without anybody's doing."""
        over: dt.datetime | None = None
        if self.state == ApprovalState.ASKED:
            over = self.expires_at
        elif self.state == ApprovalState.APPROVED:
            over = self.use_until
        if over is not None and over <= clock.now():
            return ApprovalState.EXPIRED
        return ApprovalState(self.state)

    @property
    def standing_label(self) -> str:
        """Return the state in words."""
        return str(self.standing.label)

    @property
    def is_usable(self) -> bool:
        """Tell whether the asker may export now."""
        return self.standing == ApprovalState.APPROVED

    @property
    def is_waiting(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.standing == ApprovalState.ASKED

    @property
    def address(self) -> str:
        """Return what is to be opened once approved; "" when that is over."""
        return decrypt(self.request_encrypted) if self.request_encrypted else ""


class ExportRecord(OrganisationOwned):
    """One file that left the house: the register of exports.

    `customers_packed` holds the numbers of the customers inside, sorted, as steps,
    compressed: enough to answer whether a customer was in the file, and nothing that
    names one.
    """

    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        Person, on_delete=models.RESTRICT, related_name="+", verbose_name=_("who")
    )
    kind = models.CharField(_("what"), max_length=60)
    content = models.CharField(_("content"), max_length=10, choices=Content.choices)
    filters = models.JSONField(_("narrowed to"), default=dict)
    rows = models.PositiveBigIntegerField(_("rows"))
    # Taken alone: what counts against the rows one person may take within a day.
    is_counted = models.BooleanField(default=False, db_default=False)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    recipient = models.CharField(_("for whom"), max_length=120, blank=True)
    approval = models.ForeignKey(
        Approval,
        null=True,
        on_delete=models.RESTRICT,
        related_name="exports",
        verbose_name=_("approval"),
    )
    customers = models.PositiveBigIntegerField(_("customers"), null=True)
    # Since when it holds somebody who was erased: who has the file is to destroy it.
    recalled_at = models.DateTimeField(_("to be destroyed since"), null=True)
    customers_packed = models.BinaryField(default=b"")

    objects = VisibleQuerySet["ExportRecord"].as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-at"]),
            models.Index(fields=["by", "-at"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return what stands in the name of the file."""
        return f"E{self.pk:06d}"

    def holds(self, customer_id: int) -> bool:
        """Tell whether this customer was in the file."""
        return customer_id in unpack_numbers(self.customers_packed)

    def file_name(self, stem: str, ending: str) -> str:
        """Return the name of the file: what, number in the register, day, who."""
        who = "".join(c for c in self.by.email.partition("@")[0] if c.isalnum())
        return f"{stem}-{self.number}-{self.at:%Y%m%d}-{who[:20]}.{ending}"
