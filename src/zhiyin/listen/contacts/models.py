"""Who may be asked when: the policy, what stands against it, and every decision."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer, PortabilityState


class ContactPolicy(OrganisationOwned):
    """The rules of one organisation; each change makes a new version of them.

    Old versions stay, because every decision names the version it was made under.
    """

    version = models.PositiveIntegerField(_("version"))
    rules = models.JSONField(_("rules"), default=dict)
    created_at = models.DateTimeField(_("since"))

    objects = VisibleQuerySet["ContactPolicy"].as_manager()

    class Meta:
        verbose_name = _("contact policy")
        verbose_name_plural = _("contact policies")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "version"],
                name="contact_policy_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class SuppressionReason(models.TextChoices):
    """Why a customer is not asked for a while, or ever."""

    OPEN_CASE = "open_case", _("open case or complaint")
    OUTAGE = "outage", _("outage where the customer is")
    MINOR = "minor", _("under age")
    EMPLOYEE = "employee", _("employee")
    TEST_NUMBER = "test_number", _("test number")
    NUMBER_PORTABILITY = "number_portability", _("number being ported")
    DISPUTE = "dispute", _("dispute")
    LEGAL_HOLD = "legal_hold", _("legal hold")
    DECEASED = "deceased", _("deceased")
    LISTED = "listed", _("on a list of the organisation")


class Suppression(OrganisationOwned):
    """One reason not to ask a customer, from a moment on, and perhaps until one."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="suppressions",
        verbose_name=_("customer"),
    )
    reason = models.CharField(
        _("reason"), max_length=20, choices=SuppressionReason.choices
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = VisibleQuerySet["Suppression"].as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "customer"])]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_reason_display()}"

    def is_in_force(self) -> bool:
        """Tell whether the customer is not asked now."""
        now = clock.now()
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


class PortabilityFence(OrganisationOwned):
    """How customers whose number is being ported are left alone.

    Offers after a mere query are off, unless counsel signed for them.
    """

    hours_after = models.PositiveSmallIntegerField(
        _("hours left alone after porting or expiry"),
        default=24,
        validators=[MinValueValidator(24), MaxValueValidator(720)],
    )
    days_at_most = models.PositiveSmallIntegerField(
        _("days at most, where nothing more is heard"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    allows_offers = models.BooleanField(_("offers after a query"), default=False)
    signed_by = models.CharField(_("signed by"), max_length=80, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=120, blank=True)

    objects = VisibleQuerySet["PortabilityFence"].as_manager()

    class Meta:
        verbose_name = _("fence of number portability")
        verbose_name_plural = _("fences of number portability")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="portability_fence_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class PortabilityStrategy(OrganisationOwned):
    """What may be done for a customer in one state, what not, by whom, how said."""

    state = models.CharField(
        _("state"), max_length=10, choices=PortabilityState.choices
    )
    may = models.CharField(_("may be done"), max_length=300)
    must_not = models.CharField(_("must not be done"), max_length=300)
    who = models.CharField(_("by whom"), max_length=200)
    text = models.CharField(_("words"), max_length=500, blank=True)

    objects = VisibleQuerySet["PortabilityStrategy"].as_manager()

    class Meta:
        verbose_name = _("strategy of number portability")
        verbose_name_plural = _("strategies of number portability")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "state"], name="portability_strategy_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())


class Verdict(models.TextChoices):
    """What came of a wish to ask."""

    ALLOWED = "allowed", _("asked")
    DEFERRED = "deferred", _("put off")
    BLOCKED = "blocked", _("not asked")
    # The same question again: nothing new is asked, and no clock begins.
    REMINDED = "reminded", _("reminded")


class RuleName(models.TextChoices):
    """The rules in words, each as the reason why somebody is not asked."""

    OPTED_OUT = "opted_out", _("does not want to be asked")
    SUPPRESSED = "suppressed", _("suppressed")
    AFTER_DECLINED = "waits_after_declined", _("declined not long ago")
    AFTER_ANSWERED = "waits_after_answered", _("answered not long ago")
    AFTER_IGNORED = "waits_after_ignored", _("left a question unanswered not long ago")
    GLOBAL_GAP = "global_gap", _("asked something else not long ago")
    OWN_CLOCK = "own_clock", _("asked the same not long ago")
    AFTER_TRANSACTIONAL = (
        "after_transactional",
        _("asked about an occasion shortly before"),
    )
    AFTER_RELATIONSHIP = "after_relationship", _("asked in a wave shortly before")
    YEARLY_CAP = "yearly_cap", _("asked often enough this year")
    CHANNEL_CAP = "channel_cap", _("reached often enough on this channel")
    HOLIDAY = "holiday", _("holiday")
    QUIET_HOURS = "quiet_hours", _("quiet hours")
    # These come before the policy: it is not even asked about the customer.
    NO_CONSENT = "no_consent", _("has not agreed to be contacted this way")
    NO_ADDRESS = "no_address", _("has no address to write to")
    REMINDER = "reminder", _("reminder of a question asked before")


class ContactDecision(OrganisationOwned):
    """One wish to ask one customer, and what the policy said.

    The allowed ones are the history that later decisions look at, but for those
    whose message reached nobody: who never saw a question was not asked it.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="contact_decisions",
        verbose_name=_("customer"),
    )
    stream = models.CharField(_("stream"), max_length=13)
    # The touchpoint's code, or the link's address where there is none.
    programme = models.CharField(_("programme"), max_length=60)
    channel = models.CharField(_("channel"), max_length=20)
    decided_at = models.DateTimeField(_("time"))
    verdict = models.CharField(_("decision"), max_length=8, choices=Verdict.choices)
    rule = models.CharField(_("rule"), max_length=30, blank=True)
    # Of a suppression: why the customer is left alone.
    reason = models.CharField(
        _("reason"), max_length=20, choices=SuppressionReason.choices, blank=True
    )
    not_before = models.DateTimeField(_("not before"), null=True)
    policy_version = models.PositiveIntegerField(_("version"))
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    unreached_at = models.DateTimeField(_("reached nobody"), null=True)

    objects = VisibleQuerySet["ContactDecision"].as_manager()

    class Meta:
        verbose_name = _("decision to ask")
        verbose_name_plural = _("decisions to ask")
        ordering = ["-decided_at", "-pk"]
        indexes = [
            models.Index(fields=["customer", "verdict", "decided_at"]),
            models.Index(fields=["organisation", "decided_at"]),
            models.Index(fields=["organisation", "programme", "verdict"]),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_verdict_display()}"

    @property
    def rule_words(self) -> str:
        """Return the rule that objected in words; empty where none did."""
        if self.reason:
            return f"{RuleName(self.rule).label} · {self.get_reason_display()}"
        return str(RuleName(self.rule).label) if self.rule else ""
