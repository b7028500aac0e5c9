"""The law an organisation works under, as numbers and texts it can change."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet


class JurisdictionCode(models.TextChoices):
    CN = "CN", _("Mainland China")
    HK = "HK", _("Hong Kong")
    TW = "TW", _("Taiwan")
    EU = "EU", _("European Union")


class AnswerUnit(models.TextChoices):
    DAYS = "days", _("calendar days")
    MONTHS = "months", _("calendar months")


class MarketingRule(models.TextChoices):
    """What a customer who said nothing may be sent."""

    NEEDS_YES = "needs_yes", _("only after a yes")
    UNTIL_NO = "until_no", _("until a no")


_LENGTH = [MinValueValidator(1), MaxValueValidator(90)]
_HOURS = [MinValueValidator(1), MaxValueValidator(720)]


class Jurisdiction(OrganisationOwned):
    """One law as one organisation reads it; of each organisation one is in force."""

    code = models.CharField(
        _("jurisdiction"), max_length=2, choices=JurisdictionCode.choices
    )
    is_in_force = models.BooleanField(default=False)
    unit = models.CharField(
        _("counted in"),
        max_length=6,
        choices=AnswerUnit.choices,
        default=AnswerUnit.DAYS,
    )
    answer_length = models.PositiveSmallIntegerField(
        _("time to show or copy data"), default=15, validators=_LENGTH
    )
    change_length = models.PositiveSmallIntegerField(
        _("time to correct or delete data, and for all else"),
        default=15,
        validators=_LENGTH,
    )
    authority_hours = models.PositiveSmallIntegerField(
        _("hours to tell the authority of an incident"), default=72, validators=_HOURS
    )
    persons_hours = models.PositiveSmallIntegerField(
        _("hours to tell the persons"), default=72, validators=_HOURS
    )
    marketing = models.CharField(
        _("marketing"),
        max_length=9,
        choices=MarketingRule.choices,
        default=MarketingRule.NEEDS_YES,
    )
    minor_age = models.PositiveSmallIntegerField(
        _("not asked below the age of"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(21)],
    )
    opt_out_hans = models.CharField(_("opt-out text, 简体"), max_length=200)
    opt_out_hant = models.CharField(_("opt-out text, 繁體"), max_length=200)
    opt_out_en = models.CharField(_("opt-out text, English"), max_length=200)
    note = models.TextField(_("what counsel still has to confirm"), blank=True)
    confirmed_on = models.DateField(_("confirmed by counsel on"), null=True, blank=True)
    changed_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = VisibleQuerySet["Jurisdiction"].as_manager()

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="jurisdiction_once"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_in_force=True),
                name="one_jurisdiction_in_force",
            ),
        ]

    def __str__(self) -> str:
        return str(JurisdictionCode(self.code).label)

    @property
    def is_confirmed(self) -> bool:
        """Tell whether counsel has looked at it."""
        return self.confirmed_on is not None
