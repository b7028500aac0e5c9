"""What cases are run by, all of it data: levels, priorities, causes, scripts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, Role, VisibleQuerySet
from zhiyin.act.clocks.models import Counts


class NeedType(models.TextChoices):
    """What the customer needs first: to be heard, or to have it put right."""

    EMOTIONAL = "emotional", _("wants to be heard")
    RATIONAL = "rational", _("wants it put right")


def in_words(names: dict[str, str], fallback: str = "") -> str:
    """Return a text kept in several languages in the active one, else in any."""
    language = (get_language() or "en").lower()
    wanted = {name.lower(): text for name, text in names.items() if text}
    exact = wanted.get(language) or wanted.get(language.split("-")[0])
    return exact or next(iter(wanted.values()), fallback)


class CaseSettings(OrganisationOwned):
    """What an organisation sets once for all of its cases.

    `fields` names the customer's fields that stand for facts of the rules, such as
    {"star": "star_level"}.
    """

    fields = models.JSONField(_("fields"), default=dict)
    hand_over_minutes = models.PositiveIntegerField(
        _("minutes to answer a hand-over"), default=240
    )
    update_every_days = models.PositiveSmallIntegerField(
        _("days between updates to the customer"), default=7
    )
    attempts_needed = models.PositiveSmallIntegerField(
        _("attempts before a customer counts as not reached"), default=3
    )
    day_parts_needed = models.PositiveSmallIntegerField(
        _("parts of the day they are spread over"), default=2
    )
    attempts_within_hours = models.PositiveSmallIntegerField(
        _("hours they lie within"), default=72
    )
    close_within_minutes = models.PositiveIntegerField(
        _("minutes to verify and close what has an answer"), default=2880
    )

    objects = VisibleQuerySet["CaseSettings"].as_manager()

    class Meta:
        verbose_name = _("settings of cases")
        verbose_name_plural = _("settings of cases")
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="case_settings_once"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class CaseLevel(OrganisationOwned):
    """A level with its clocks; None means that there is no such clock."""

    code = models.SlugField(_("code"), max_length=8)
    name = models.CharField(_("name"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    acknowledge_minutes = models.PositiveIntegerField(
        _("acknowledge within"), null=True, blank=True
    )
    acknowledge_counts = models.CharField(
        max_length=8, choices=Counts.choices, default=Counts.CALENDAR
    )
    contact_minutes = models.PositiveIntegerField(
        _("first contact within"), null=True, blank=True
    )
    contact_counts = models.CharField(
        max_length=8, choices=Counts.choices, default=Counts.CALENDAR
    )
    resolve_minutes = models.PositiveIntegerField(
        _("resolve within"), null=True, blank=True
    )
    resolve_counts = models.CharField(
        max_length=8, choices=Counts.choices, default=Counts.CALENDAR
    )
    escalate_share = models.FloatField(_("escalate at this share"), default=0.8)
    escalate_to = models.CharField(
        _("escalate to"), max_length=20, choices=Role.choices, blank=True
    )
    # Whom it goes to when the clock has run out; empty is the same role again.
    escalate_late_to = models.CharField(
        _("escalate to when late"), max_length=20, choices=Role.choices, blank=True
    )
    # Praise is passed on: it has no cause to find and nothing to put right.
    needs_facts = models.BooleanField(_("closed with all facts only"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisibleQuerySet["CaseLevel"].as_manager()

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="case_level_once"
            ),
            models.CheckConstraint(
                condition=models.Q(escalate_share__gt=0, escalate_share__lte=1),
                name="case_level_share_is_one",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PriorityRule(OrganisationOwned):
    """Which level a case gets.

    Rules are tried in order and the first that holds names the level. A rule that
    `raises` names none: when it holds, the case goes one level up, once at most.
    """

    name = models.CharField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    condition = models.JSONField(_("condition"), default=dict)
    level = models.ForeignKey(
        CaseLevel,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("level"),
    )
    raises = models.BooleanField(_("one level up"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisibleQuerySet["PriorityRule"].as_manager()

    class Meta:
        verbose_name = _("priority rule")
        verbose_name_plural = _("priority rules")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(raises=True, level=None)
                | models.Q(raises=False, level__isnull=False),
                name="priority_rule_names_or_raises",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cause(OrganisationOwned):
    """A node of a tree of causes: a field, a group (L2), or a leaf (L3)."""

    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="children",
        verbose_name=_("parent"),
    )
    code = models.CharField(_("code"), max_length=40)
    names = models.JSONField(_("names"), default=dict)
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("department"),
    )
    # Who answers for it in words, as long as no department is named.
    owner_hint = models.CharField(_("who answers for it"), max_length=80, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days to put it right"), null=True, blank=True
    )
    playbook = models.TextField(_("what to do"), blank=True)
    is_controllable = models.BooleanField(_("in our hands"), default=True)
    need_hint = models.CharField(
        _("need"), max_length=9, choices=NeedType.choices, blank=True
    )
    miit_class = models.CharField(
        _("class of the regulator"), max_length=20, blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisibleQuerySet["Cause"].as_manager()

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="cause_code_once"
            ),
        ]

    def __str__(self) -> str:
        return in_words(self.names, self.code)


class Script(OrganisationOwned):
    """What to say to whom, by the need and, if given, the level."""

    need_type = models.CharField(
        _("need"), max_length=9, choices=NeedType.choices, blank=True
    )
    level = models.ForeignKey(
        CaseLevel,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("level"),
    )
    title = models.JSONField(_("title"), default=dict)
    text = models.JSONField(_("text"), default=dict)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisibleQuerySet["Script"].as_manager()

    class Meta:
        verbose_name = _("script")
        verbose_name_plural = _("scripts")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return in_words(self.title)

    @property
    def words(self) -> str:
        """Return the text in the active language."""
        return in_words(self.text)
