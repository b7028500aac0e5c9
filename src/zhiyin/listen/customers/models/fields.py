"""The fields an organisation knows about its customers."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.common import clock
from zhiyin.listen.customers.models.contact import Purpose
from zhiyin.listen.customers.models.people import Customer


class FieldKind(models.TextChoices):
    CATEGORY = "category", _("category")
    NUMBER = "number", _("number")


class Sensitivity(models.TextChoices):
    """How much harm a field can do in the wrong hands."""

    ORDINARY = "ordinary", _("ordinary")
    PERSONAL = "personal", _("personal")
    SENSITIVE = "sensitive", _("sensitive")


class FieldGroup(models.TextChoices):
    """What sort of thing a field says; the customer's page groups by it."""

    OTHER = "", _("other")
    INTERNAL = "internal", _("the person")
    CIRCLE = "circle", _("circle")
    PREFERENCE = "preference", _("preferences")


class AttributeFieldQuerySet(VisibleQuerySet["AttributeField"]):
    def in_use(self) -> Self:
        """Return those whose data may be kept and shown today."""
        today = clock.now().date()
        in_time = models.Q(allowed_until=None) | models.Q(allowed_until__gte=today)
        return self.filter(in_time, is_on=True)

    def for_conditions(self) -> Self:
        """Return those that may decide about a customer."""
        sensitive = models.Q(sensitivity=Sensitivity.SENSITIVE, may_target=False)
        return self.in_use().exclude(sensitive)

    def withheld(self) -> Self:
        """Return those of which nothing may be kept, shown or used today."""
        return self.exclude(pk__in=self.in_use().values("pk"))


class AttributeField(OrganisationOwned):
    """A field recorded with answers: the customer's or operational data as of then.

    `code` is stable and becomes the lake column `a_<code>`; `label` is what the
    source called it and what people read. `topic` is what the label was recognised
    as. A sensitive field is on only for a written purpose, under an assessment that
    has not run out, and for customers who agreed to that purpose separately.
    """

    code = models.SlugField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind.choices)
    is_operational = models.BooleanField(_("operational data"), default=False)
    is_shown = models.BooleanField(_("offered in filters"), default=True)

    sensitivity = models.CharField(
        _("class"),
        max_length=10,
        choices=Sensitivity.choices,
        default=Sensitivity.ORDINARY,
    )
    group = models.CharField(
        _("group"), max_length=10, choices=FieldGroup.choices, blank=True, default=""
    )
    topic = models.CharField(max_length=20, blank=True, default="")
    is_on = models.BooleanField(_("kept"), default=True)
    may_target = models.BooleanField(_("may decide about customers"), default=False)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    necessity = models.CharField(_("necessity"), max_length=500, blank=True)
    consent_purpose = models.CharField(
        _("consent needed"), max_length=10, choices=Purpose.choices, blank=True
    )
    assessment = models.CharField(_("assessment"), max_length=20, blank=True)
    allowed_until = models.DateField(_("allowed until"), null=True, blank=True)
    # The question whose answers fill the field; of some no other source is taken.
    question = models.CharField(_("question"), max_length=40, blank=True)

    objects = AttributeFieldQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="attribute_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def column(self) -> str:
        """Return the column of the lake that carries this field."""
        return f"a_{self.code}"

    @property
    def is_sensitive(self) -> bool:
        """Tell whether it is shown only for a reason."""
        return self.sensitivity == Sensitivity.SENSITIVE

    @property
    def is_in_use(self) -> bool:
        """Tell whether its data may be kept and shown today."""
        until = self.allowed_until
        return self.is_on and (until is None or until >= clock.now().date())


class AnsweredField(OrganisationOwned):
    """What a customer said of themselves in a survey, with the consent it rests on."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="answered_fields"
    )
    field = models.ForeignKey(
        AttributeField, on_delete=models.CASCADE, related_name="answered"
    )
    value = models.CharField(max_length=200)
    answered_at = models.DateTimeField(_("answered"))
    # The response, which lies in a later app.
    response_number = models.BigIntegerField()
    consent = models.ForeignKey(
        "customers.ConsentEntry", on_delete=models.CASCADE, related_name="+"
    )

    objects = VisibleQuerySet["AnsweredField"].as_manager()

    class Meta:
        verbose_name = _("answer kept with the customer")
        verbose_name_plural = _("answers kept with customers")
        ordering = ["-answered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["field", "response_number"], name="answered_field_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.customer_id}"
