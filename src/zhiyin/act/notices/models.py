"""What people are told, by which ways, and how they wish to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet

if TYPE_CHECKING:
    import datetime as dt


class Way(models.TextChoices):
    """How a notice reaches a person besides the page, where it always stands."""

    EMAIL = "email", _("e-mail")
    WECOM = "wecom", _("WeCom")
    WEBHOOK = "webhook", _("Webhook")


class Pace(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    HOURLY = "hourly", _("together, every hour")
    DAILY = "daily", _("together, every morning")


class NoticeQuerySet(VisibleQuerySet["Notice"]):
    def visible_to(self, person: Person) -> Self:
        """Return a person's own notices; nobody reads another's."""
        return super().visible_to(person).filter(person=person)

    def unread(self) -> Self:
        """Return those not read yet."""
        return self.filter(read_at=None)


class Notice(OrganisationOwned):
    """One thing one person is told; `key` names it, so that it is told once."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="notices",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=120)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(pgettext_lazy("notice", "read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("bell", "notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_told_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notice_list"),
            # The bell asks for this every few seconds.
            models.Index(
                fields=["person"],
                condition=models.Q(read_at=None),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("notice", "waiting")
    SENT = "sent", pgettext_lazy("notice", "handed over")
    NO_WAY = "no_way", pgettext_lazy("notice", "no sender or address")


class NoticeDelivery(models.Model):
    """One notice on its way outside the page; what is due together goes as one."""

    notice = models.ForeignKey(
        Notice,
        on_delete=models.CASCADE,
        related_name="deliveries",
    )
    way = models.CharField(max_length=10, choices=Way.choices)
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=DeliveryState.choices,
        default=DeliveryState.WAITING,
    )
    # The key of the message that carried it; several notices share a digest's.
    message_key = models.CharField(max_length=120, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "way"],
                name="notice_delivered_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="waiting"),
                name="notice_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.way}"


class NoticeSetting(models.Model):
    """How one person wishes to be told of one kind; without a row the kind decides."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="notice_settings",
    )
    kind = models.CharField(max_length=60)
    in_page = models.BooleanField(_("on the page"), default=True)
    by_email = models.BooleanField(_("by e-mail"), default=False)
    by_wecom = models.BooleanField(_("by WeCom"), default=False)
    by_webhook = models.BooleanField(_("by webhook"), default=False)
    pace = models.CharField(
        _("how often"),
        max_length=10,
        choices=Pace.choices,
        default=Pace.AT_ONCE,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="notice_setting_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"

    @property
    def ways(self) -> list[str]:
        """Return the ways wished besides the page."""
        wished = {
            Way.EMAIL: self.by_email,
            Way.WECOM: self.by_wecom,
            Way.WEBHOOK: self.by_webhook,
        }
        return [str(way) for way, is_wished in wished.items() if is_wished]


class NoticeAddress(models.Model):
    """Where else a person can be reached, and when they want their peace."""

    person = models.OneToOneField(
        Person,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="notice_address",
    )
    wecom_user_id = models.CharField(_("WeCom user id"), max_length=64, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("until"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person_id)

    def is_quiet(self, moment: dt.time) -> bool:
        """Tell whether a time of day is quiet; quiet hours may span midnight."""
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None or begin == end:
            return False
        if begin < end:
            return begin <= moment < end
        return moment >= begin or moment < end
