"""Cases that another system holds as well: whose, under which name, what differed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.act.cases.models import Case
from zhiyin.channels.models import WebhookEndpoint


class Field(models.TextChoices):
    """What is exchanged about a case."""

    STATE = "state", _("state")
    LEVEL = "level", _("level")
    SUMMARY = "summary", _("summary")
    DEPARTMENT = "department", _("department")
    OWNER = "owner", _("owner")
    NEED_TYPE = "need_type", _("need")
    CAUSES = "causes", _("causes")
    ACTION_TAKEN = "action_taken", _("action taken")
    CONTACT_RESULT = "contact_result", _("result of the contact")
    CUSTOMER_TOLD = "customer_told", _("customer told")


class Winner(models.TextChoices):
    """Whose word holds when both sides changed the same field."""

    OURS = "ours", _("ours")
    THEIRS = "theirs", _("theirs")
    NEWEST = "newest", _("the newer one")


class WorkOrderSystem(OrganisationOwned):
    """An operator's own work-order system, and how its words map to ours.

    `names` maps our fields to theirs, `states_out` our states to their words and
    `states_in` theirs to ours; what is not named goes over as it is. `winners` says
    per field whose word holds when both sides changed it.
    """

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    # Where it is told of changes; without one it only tells us.
    endpoint = models.ForeignKey(
        WebhookEndpoint,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("webhook"),
    )
    condition = models.JSONField(_("cases it gets"), default=dict)
    names = models.JSONField(_("names of fields"), default=dict)
    states_out = models.JSONField(_("our states in their words"), default=dict)
    states_in = models.JSONField(_("their states in our words"), default=dict)
    winners = models.JSONField(_("whose word holds"), default=dict)
    is_live = models.BooleanField(_("exchanges cases"), default=False)
    live_since = models.DateTimeField(_("since"), null=True, editable=False)
    # Cases after this number have not been looked at for handing over.
    case_mark = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"))

    objects = VisibleQuerySet["WorkOrderSystem"].as_manager()

    class Meta:
        verbose_name = _("work-order system")
        verbose_name_plural = _("work-order systems")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="workorder_system_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def winner_of(self, field: str) -> str:
        """Return whose word holds for a field; theirs unless somebody chose."""
        return str(self.winners.get(field, Winner.THEIRS))


class WorkOrder(OrganisationOwned):
    """One case as it is known to one system.

    `agreed` holds the fields as both sides last knew them: what differs from it on
    one side is news, what differs on both sides is a conflict. `told_version` is the
    version of the case they were last told of.
    """

    system = models.ForeignKey(
        WorkOrderSystem, on_delete=models.CASCADE, related_name="orders"
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="work_orders")
    # Unknown until they have told us.
    external_id = models.CharField(  # noqa: DJ001 Unknown is not the empty name.
        _("their number"), max_length=120, null=True
    )
    agreed = models.JSONField(default=dict)
    told_version = models.PositiveIntegerField(default=0)
    comments_told = models.BigIntegerField(default=0)
    # The newest of their own comments, which are not told back to them.
    their_comments = models.JSONField(default=list)
    their_state = models.CharField(_("their state"), max_length=60, blank=True)
    told_at = models.DateTimeField(_("told"), null=True)
    heard_at = models.DateTimeField(_("heard"), null=True)
    # What they say is the time of their last change; older news changes nothing.
    their_time = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("since"))

    objects = VisibleQuerySet["WorkOrder"].as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "case"], name="workorder_case_once"
            ),
            models.UniqueConstraint(
                fields=["system", "external_id"], name="workorder_external_once"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"])]

    def __str__(self) -> str:
        return self.external_id or str(self.case)


class Conflict(OrganisationOwned):
    """Both sides changed one field: what each said, and what was kept."""

    order = models.ForeignKey(
        WorkOrder, on_delete=models.CASCADE, related_name="conflicts"
    )
    at = models.DateTimeField(_("time"))
    field = models.CharField(_("field"), max_length=20, choices=Field.choices)
    ours = models.JSONField(_("ours"), null=True)
    theirs = models.JSONField(_("theirs"), null=True)
    kept = models.CharField(
        pgettext_lazy("conflict", "kept"), max_length=6, choices=Winner.choices
    )
    # Empty, or why theirs could not be taken although it should hold.
    because = models.CharField(_("because"), max_length=300, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True)
    seen_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = VisibleQuerySet["Conflict"].as_manager()

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["organisation", "-id"],
                condition=models.Q(seen_at=None),
                name="workorder_conflict_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.field}"
