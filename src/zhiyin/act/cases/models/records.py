"""What hangs on a case: causes, contacts, hand-overs, promises, files and more."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import Department, Person
from zhiyin.act.alerts.models import Alert
from zhiyin.act.cases.models.cases import Case
from zhiyin.act.cases.models.rules import Cause


class CaseCause(models.Model):
    """One cause of one case; exactly one of them is the primary one."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="causes")
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, related_name="cases")
    is_primary = models.BooleanField(_("primary"), default=False)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("cause of a case")
        verbose_name_plural = _("causes of a case")
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "cause"], name="case_cause_once"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(is_primary=True),
                name="case_cause_one_primary",
            ),
        ]
        indexes = [models.Index(fields=["cause", "recorded_at"])]

    def __str__(self) -> str:
        return str(self.cause)


class CaseAlert(models.Model):
    """An alert that a case answers; an alert has one case, a case may have several."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="alerts")
    alert = models.OneToOneField(
        Alert, on_delete=models.CASCADE, related_name="case_link"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.alert)


class DayPart(models.TextChoices):
    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")
    EVENING = "evening", _("evening")


class ContactWay(models.TextChoices):
    PHONE = "phone", _("telephone")
    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")
    WECHAT = "wechat", _("WeChat")
    WECOM = "wecom", _("WeCom")
    VISIT = "visit", _("visit")
    OTHER = "other", _("other way")


class AttemptResult(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    BUSY = "busy", _("busy")
    CALL_LATER = "call_later", _("asked to call later")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    REFUSED = "refused", _("wants no contact")
    SENT = "sent", _("message left")


class ContactAttempt(models.Model):
    """One attempt to reach the customer."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("time"))
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    channel = models.CharField(_("way"), max_length=10, choices=ContactWay.choices)
    day_part = models.CharField(
        _("part of the day"), max_length=9, choices=DayPart.choices
    )
    result = models.CharField(_("result"), max_length=12, choices=AttemptResult.choices)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_result_display()}"


class HandOverState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("hand-over", "asked")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    DECIDED = "decided", pgettext_lazy("hand-over", "decided")
    WITHDRAWN = "withdrawn", _("withdrawn")


class HandOver(models.Model):
    """One wish that another department take the case, and what came of it.

    The asked department answers by `answer_by`; a rejection goes to arbitration, and
    what is decided there holds. The clock of the case runs on all the while.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="hand_overs")
    from_department = models.ForeignKey(
        Department, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    to_department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="hand_overs"
    )
    asked_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(pgettext_lazy("hand-over", "asked"))
    reason = models.TextField(_("reason"))
    answer_by = models.DateTimeField(_("answer by"))
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=HandOverState.choices,
        default=HandOverState.ASKED,
    )
    answered_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    decided_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(pgettext_lazy("hand-over", "decided"), null=True)
    # The department that has to keep or take the case.
    decision = models.ForeignKey(
        Department, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)
    overdue_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=["asked", "rejected"]),
                name="hand_over_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_by"])]

    def __str__(self) -> str:
        return f"{self.to_department} {self.get_state_display()}"


class Promise(models.Model):
    """What the customer was promised, and by when."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="promises")
    text = models.TextField(_("promise"))
    due_at = models.DateTimeField(_("until"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reminded_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(_("kept"), null=True)
    broken_noted_at = models.DateTimeField(_("not kept in time"), null=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(kept_at=None),
                name="promise_to_keep",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class CompensationKind(models.TextChoices):
    BILL_CREDIT = "bill_credit", _("credit on the bill")
    DATA = "data", _("data allowance")
    MONEY = "money", _("money back")
    GIFT = "gift", _("gift")
    OTHER = "other", _("other")


class Compensation(models.Model):
    """What the customer was given in return."""

    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="compensations"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CompensationKind.choices)
    amount = models.DecimalField(_("worth"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    reason = models.CharField(_("reason"), max_length=300)
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="compensation_is_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Attachment(models.Model):
    """A file on a case; its kind was read from its content, not from its name."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=80)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.name


class CaseComment(models.Model):
    """A remark among colleagues; the customer never sees it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField(_("comment"))
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]
