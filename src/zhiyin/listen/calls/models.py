"""Call centres that tell answers, and the calls they told of."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Permission, VisibleQuerySet
from zhiyin.common.confidential import decrypt, encrypt
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.models import Response

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class IvrSource(OrganisationOwned):
    """One call centre or menu whose callers answer by a key.

    It hangs on a survey link instead of being a kind of channel, because it sends
    nothing: the link says what is asked and about which touchpoint, and this row only
    who may hand answers over and how its payload is read. It is an app above the
    answers, because each call refers to the answer that came of it.
    """

    # Part of the address; it names the source and is no secret.
    code = models.SlugField(max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=120)
    link = models.ForeignKey(
        SurveyLink,
        on_delete=models.PROTECT,
        related_name="ivr_sources",
        verbose_name=_("survey link"),
    )
    caller_field = models.CharField(
        _("field of the caller's number"), max_length=60, default="caller"
    )
    agent_field = models.CharField(
        _("field of the agent"), max_length=60, default="agent", blank=True
    )
    department_field = models.CharField(
        _("field of the department"), max_length=60, default="department", blank=True
    )
    # What the call centre calls a department, a queue or a shop, to our code.
    departments = models.JSONField(_("departments"), default=dict, blank=True)
    secret_encrypted = models.BinaryField(default=bytes)
    previous_secret_encrypted = models.BinaryField(default=bytes)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    is_enabled = models.BooleanField(_("takes calls"), default=True)
    refused_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["IvrSource"].as_manager()

    class Meta:
        verbose_name = _("IVR source")
        verbose_name_plural = _("IVR sources")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def keep_secret(self, secret: str) -> None:
        """Set the secret; the row still has to be saved."""
        self.secret_encrypted = encrypt(secret)

    def secrets_in_use(self, now: dt.datetime) -> list[str]:
        """Return what calls may be signed with, the present secret first."""
        kept = [bytes(self.secret_encrypted)]
        until = self.previous_secret_until
        if self.previous_secret_encrypted and until is not None and now < until:
            kept.append(bytes(self.previous_secret_encrypted))
        return [decrypt(each) for each in kept]


class Fault(models.TextChoices):
    """Why a call gave no answer."""

    UNREADABLE = "unreadable", _("not a JSON object")
    NO_CALL_ID = "no_call_id", _("without the id of a call")
    NO_KEY = "no_key", _("no key pressed")
    NOT_A_KEY = "not_a_key", _("neither a digit nor the star")
    OFF_SCALE = "off_scale", _("off the scale of the question")
    BAD_TIME = "bad_time", _("a time that cannot be read, or in the future")
    CLOSED = "closed", _("the link takes no answers")
    ANONYMOUS = "anonymous", _("the questionnaire is anonymous, a call is not")


class Note(models.TextChoices):
    """What could not be told of an answer that was taken."""

    UNKNOWN_DEPARTMENT = "unknown_department", _("unknown department")
    SEVERAL_CUSTOMERS = "several_customers", _("several customers have this number")
    NOT_A_NUMBER = "not_a_number", _("the caller's number cannot be read")


class IvrCallQuerySet(VisibleQuerySet["IvrCall"]):
    def visible_to(self, person: Person) -> Self:
        """Return calls of the organisation.

        Those that became answers show what was pressed: they are only for people who
        see the answers of every department.
        """
        rows = super().visible_to(person)
        may = person.may(Permission.SEE_RESPONSES)
        if may and person.reach(Permission.SEE_RESPONSES) is None:
            return rows
        return rows.filter(response=None)


class IvrCall(OrganisationOwned):
    """One call as it was told, and what became of it.

    `call_id` is the call centre's: told twice, it is one row and one answer. A call
    without one is kept each time. Erasing the answer erases the call.
    """

    source = models.ForeignKey(
        IvrSource, on_delete=models.CASCADE, related_name="calls"
    )
    call_id = models.CharField(_("call"), max_length=160, blank=True)
    # As it was sent, also where it is no key: that is what a person has to mend.
    pressed = models.CharField(_("pressed"), max_length=40, blank=True)
    caller_masked = models.CharField(_("caller"), max_length=60, blank=True)
    response = models.ForeignKey(
        Response,
        null=True,
        on_delete=models.CASCADE,
        related_name="ivr_calls",
        verbose_name=_("answer"),
    )
    fault = models.CharField(
        _("reason"), max_length=12, choices=Fault.choices, blank=True
    )
    notes = models.JSONField(_("notes"), default=list)
    deliveries = models.PositiveIntegerField(_("told"), default=1)
    received_at = models.DateTimeField(_("received"))

    objects = IvrCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("IVR call")
        verbose_name_plural = _("IVR calls")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "call_id"],
                condition=~models.Q(call_id=""),
                name="ivr_call_once",
            ),
        ]

    def __str__(self) -> str:
        return self.call_id or str(self.pk)

    @property
    def notes_in_words(self) -> list[str]:
        """Return what could not be told, in words."""
        known = dict(Note.choices)
        return [str(known.get(code, code)) for code in self.notes]
