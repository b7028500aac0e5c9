"""Responses and their answers, as given; the operational source of the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    VisibleQuerySet,
)
from zhiyin.channels.models import InboundMessage
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import Invitation, Stream, SurveyLink
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class ExclusionReason(models.TextChoices):
    """Why people leave an answer out of numbers; imports add rules of their own."""

    SUSPECTED_SPAM = "suspected_spam", _("suspected spam")
    TEST = "test", _("test answer")
    DUPLICATE = "duplicate", _("duplicate")
    EMPLOYEE = "employee", _("own employee")
    QUOTA_FULL = "quota_full", _("enough answers of this kind")
    LATE = "late", _("too late")
    SPEEDER = "speeder", _("answered too fast to have read")
    STRAIGHT_LINING = "straight_lining", _("same point everywhere, and fast")
    WRONG_PERSON = "wrong_person", _("not the customer asked")
    OTHER = "other", _("other reason")


LAST_CHANGE = Coalesce("updated_at", "received_at")


class ResponseQuerySet(VisibleQuerySet["Response"]):
    def visible_to(self, person: Person) -> Self:
        """Return answers of the person's organisation, within her departments."""
        return super().visible_to(person).reached_by(person, Permission.SEE_RESPONSES)

    def revealable_to(self, person: Person) -> Self:
        """Return answers whose words this person may see in clear, for a reason."""
        seen = self.visible_to(person)
        return seen.reached_by(person, Permission.REVEAL_PERSONAL_DATA)

    def reached_by(self, person: Person, permission: Permission) -> Self:
        """Return those within the departments a permission reaches."""
        rows = self
        if not person.may(permission):
            return rows.none()
        paths = person.reach(permission)
        if paths is None:
            return rows
        within = models.Q(pk__in=[])
        for path in paths:
            within |= models.Q(department__path__startswith=path)
        return rows.filter(within)

    def update(self, **changes: Any) -> int:
        """Change columns, and note when."""
        return super().update(**{"updated_at": _moment_of_change()} | changes)


def _moment_of_change() -> models.Expression:
    """Return what `updated_at` becomes; an anonymous answer keeps the day alone."""
    now = clock.now()
    nameless = InstrumentVersion.objects.filter(
        pk=models.OuterRef("instrument_version"), instrument__is_anonymous=True
    )
    return models.Case(
        models.When(models.Exists(nameless), then=models.Value(clock.day_of(now))),
        default=models.Value(now),
        output_field=models.DateTimeField(),
    )


class Response(OrganisationOwned):
    """What one person said at one time.

    `revision` is set by a database trigger at every insert and update, in an order
    in which commits can be followed; the lake reads from there on (see
    `analyze.lake`). `source` and `source_key` make a repeated import add nothing.
    """

    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    link = models.ForeignKey(SurveyLink, null=True, on_delete=models.SET_NULL)
    invitation = models.OneToOneField(
        Invitation,
        null=True,
        on_delete=models.SET_NULL,
        related_name="response",
    )
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL)
    department = models.ForeignKey(Department, null=True, on_delete=models.SET_NULL)
    responded_at = models.DateTimeField(_("answered"), db_index=True)
    stream = models.CharField(_("stream"), max_length=13, choices=Stream.choices)
    touchpoint = models.CharField(_("touchpoint"), max_length=60, blank=True)
    wave = models.CharField(_("wave"), max_length=60, blank=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    weight = models.FloatField(_("weight"), null=True)
    stratum = models.CharField(_("stratum"), max_length=80, blank=True)
    cluster = models.CharField(_("cluster"), max_length=80, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    attributes = models.JSONField(_("attributes"), default=dict)
    excluded = models.CharField(_("excluded because"), max_length=40, blank=True)
    # When the first question was opened, and whether the last one was passed.
    started_at = models.DateTimeField(_("started"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)
    employee = models.CharField(
        _("employee"),
        max_length=80,
        blank=True,
        # Imports write rows without this column.
        db_default="",
    )
    source = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=80, null=True)  # noqa: DJ001
    edit_key = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=clock.now, editable=False)
    # Null until something changes after it was received.
    updated_at = models.DateTimeField(null=True, editable=False)
    revision = models.BigIntegerField(default=0, editable=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["-responded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source_key"],
                name="response_source_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-responded_at"]),
            models.Index(fields=["organisation", "source"]),
            # The list: what counts, or what is excluded, newest first.
            models.Index(
                fields=["organisation", "excluded", "-responded_at", "-id"],
                name="response_list",
            ),
            models.Index(
                fields=["organisation", "revision"],
                name="response_revision",
            ),
            # What changed since, in the order in which it did.
            models.Index("organisation", LAST_CHANGE, "id", name="response_changed"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def save(self, **options: Any) -> None:
        """Save, and note when a row that was there is changed."""
        if not self._state.adding:
            now = clock.now()
            is_nameless = self.instrument_version.instrument.is_anonymous
            self.updated_at = clock.day_of(now) if is_nameless else now
            if options.get("update_fields") is not None:
                names = {*options["update_fields"], "updated_at"}
                options["update_fields"] = names
        super().save(**options)

    @property
    def exclusion(self) -> str:
        """Return why the answer is excluded in words; an import's rule as it is."""
        known = dict(ExclusionReason.choices)
        return str(known.get(self.excluded, self.excluded))


class Answer(models.Model):
    """The answer to one item, with the scale it was given on.

    A matrix gives one answer per row, under `<item>.<row>`.
    """

    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="answers",
    )
    # The code of an item, or of a matrix and its row.
    item = models.CharField(_("item"), max_length=125)
    kind = models.CharField(_("kind"), max_length=10)
    is_primary = models.BooleanField(default=False)
    score = models.FloatField(_("score"), null=True)
    text = models.TextField(_("text"), blank=True)
    choices = models.JSONField(_("choices"), default=list)
    # Of items that ask for a number or a date; a point of a scale is a score.
    number = models.FloatField(_("number"), null=True)
    date = models.DateField(_("date"), null=True)
    scale_min = models.SmallIntegerField(null=True)
    scale_max = models.SmallIntegerField(null=True)
    detractor_max = models.SmallIntegerField(null=True)
    promoter_min = models.SmallIntegerField(null=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["response", "item"],
                name="item_answered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True)
                | (
                    models.Q(scale_min__isnull=False)
                    & models.Q(score__gte=models.F("scale_min"))
                    & models.Q(score__lte=models.F("scale_max"))
                ),
                name="answer_score_on_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.score if self.score is not None else self.text}"

    @property
    def given_class(self) -> str:
        """Return promoter, passive or detractor by the cuts kept here, else ""."""
        if self.score is None or self.detractor_max is None or not self.promoter_min:
            return ""
        if self.score <= self.detractor_max:
            return "detractor"
        return "promoter" if self.score >= self.promoter_min else "passive"


class QuotaPlace(models.Model):
    """A place that a completed response takes in a quota of its questionnaire."""

    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.CASCADE,
        related_name="+",
    )
    code = models.CharField(max_length=60)
    response = models.ForeignKey(
        Response,
        on_delete=models.CASCADE,
        related_name="quota_places",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "code"],
                name="quota_place_once",
            ),
        ]
        indexes = [models.Index(fields=["instrument", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.response_id}"


class ErasedResponse(models.Model):
    """A tombstone: this response is gone, and the lake must forget it too.

    A database trigger writes it whenever a response is deleted, by whatever way, so
    nobody creates it by hand. It holds no personal data. `month` is the month the
    response was given in.
    """

    organisation_id = models.BigIntegerField(db_index=True)
    response_id = models.BigIntegerField(unique=True)
    month = models.CharField(max_length=7)
    erased_at = models.DateTimeField(auto_now_add=True)
    revision = models.BigIntegerField(default=0, editable=False, db_index=True)

    def __str__(self) -> str:
        return f"{self.response_id} erased"


class ReplyOutcome(models.TextChoices):
    """What came of one text that a customer sent back."""

    SCORED = "scored", _("score")
    RESCORED = "rescored", _("another score")
    EXPLAINED = "explained", _("reason")
    ASKED_AGAIN = "asked_again", _("asked again")
    LINKED = "linked", _("sent the address of the page")
    OPTED_OUT = "opted_out", _("no more questions")
    LATE = "late", _("too late")
    IGNORED = "ignored", _("not read further")
    UNKNOWN = "unknown", _("belongs to no question")


class ReadReply(OrganisationOwned):
    """One reply as it was read: what came back is read once, and every text is kept.

    A later score replaces an earlier one in the response; both stay here.
    """

    inbound = models.OneToOneField(
        InboundMessage,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="read_reply",
    )
    invitation = models.ForeignKey(
        Invitation,
        null=True,
        on_delete=models.SET_NULL,
        related_name="replies",
    )
    response = models.ForeignKey(
        Response,
        null=True,
        on_delete=models.SET_NULL,
        related_name="replies",
    )
    outcome = models.CharField(
        _("outcome"), max_length=11, choices=ReplyOutcome.choices
    )
    score = models.SmallIntegerField(_("score"), null=True)
    read_at = models.DateTimeField(_("read"), db_index=True)

    objects = VisibleQuerySet["ReadReply"].as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.outcome}"
