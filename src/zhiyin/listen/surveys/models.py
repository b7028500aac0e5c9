"""Instruments, their versions, and the items with wordings in every language.

A published version never changes. Editing makes the next version, and every answer
keeps the version it was given to, so old answers stay readable.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.listen.customers.models import Audience


class Instrument(OrganisationOwned):
    """A questionnaire over its whole life; `code` is what answers refer to."""

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    audience = models.CharField(
        _("audience"),
        max_length=12,
        choices=Audience.choices,
        default=Audience.CONSUMER,
    )
    is_imported = models.BooleanField(_("from an import"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)
    # Answers to it never say who gave them, nor when but for the day; the database
    # refuses what would. Settled before the first version is published.
    is_anonymous = models.BooleanField(
        _("anonymous"),
        default=False,
        db_default=False,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["Instrument"].as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="instrument_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InstrumentVersion(models.Model):
    """One wording of an instrument; frozen once `published_at` is set."""

    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.CASCADE,
        related_name="versions",
    )
    number = models.PositiveIntegerField(_("version"))
    languages = models.JSONField(_("languages"), default=list)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    texts = models.JSONField(_("page texts"), default=dict)
    # One entry per page: `titles` by language, `shown_if`, `is_shuffled`.
    pages = models.JSONField(_("pages"), default=list, blank=True)
    # Each quota: `code`, `name`, `if` (a condition), `limit`.
    quotas = models.JSONField(_("quotas"), default=list, blank=True)
    published_at = models.DateTimeField(_("published"), null=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "number"],
                name="instrument_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} v{self.number}"


class ItemKind(models.TextChoices):
    NPS = "nps", _("recommendation, 0-10")
    CSAT = "csat", _("satisfaction")
    CES = "ces", _("effort")
    RATING = "rating", _("rating")
    GAP = "gap", _("expectation gap")
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("choice")
    MULTIPLE = "multiple", _("multiple choice")
    MATRIX = "matrix", _("matrix")
    RANKING = "ranking", _("ranking")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    TEXT = "text", _("open text")
    CONSENT = "consent", _("consent to be contacted")
    STATEMENT = "statement", _("text without a question")


SCORED_KINDS = (
    ItemKind.NPS,
    ItemKind.CSAT,
    ItemKind.CES,
    ItemKind.RATING,
    ItemKind.GAP,
)


class Item(models.Model):
    """One question. `texts` holds, per language code, its wordings.

    `texts[language]` has `text` and, where the kind needs them, `help`, `low` and
    `high` (labels at the ends of the scale), `labels` (of every point), `options` and
    `rows` (lists of `[code, label]`; a matrix asks its scale of every row).

    `shown_if` is a condition (see `queries.logic`); empty means always. `settings`
    holds what only some kinds know: `exclusive` and `with_text` (option codes),
    `least` and `most` (choices, characters, numbers or dates), `decimals`,
    `is_shuffled`, and `skips` (`[{"if": condition, "to": item code or "end"}]`).
    """

    version = models.ForeignKey(
        InstrumentVersion,
        on_delete=models.CASCADE,
        related_name="items",
    )
    code = models.SlugField(_("code"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind.choices)
    is_primary = models.BooleanField(_("main question"), default=False)
    is_required = models.BooleanField(_("required"), default=False)
    # Follow-ups are asked of one class of answer; empty means of everybody.
    asked_of = models.CharField(
        _("asked of"),
        max_length=10,
        blank=True,
        choices=[
            ("promoter", _("promoters")),
            ("passive", _("passives")),
            ("detractor", _("detractors")),
        ],
    )
    scale_min = models.SmallIntegerField(null=True)
    scale_max = models.SmallIntegerField(null=True)
    detractor_max = models.SmallIntegerField(null=True)
    promoter_min = models.SmallIntegerField(null=True)
    texts = models.JSONField(_("wordings"), default=dict)
    page = models.PositiveSmallIntegerField(_("page"), default=1)
    shown_if = models.JSONField(_("shown if"), default=dict, blank=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    is_actionable = models.BooleanField(_("leads to action"), default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="item_code_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scale_min__isnull=True)
                | models.Q(scale_max__gt=models.F("scale_min")),
                name="item_scale_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def wording(self, language: str | None = None) -> dict[str, Any]:
        """Return the wordings in a language, else in the first one there is."""
        wanted = language or translation.get_language() or "zh-hans"
        texts: dict[str, dict[str, Any]] = self.texts
        return texts.get(wanted) or next(iter(texts.values()), {"text": self.code})
