"""The forms of what is done with one case.

Every form carries the version of the case it was shown with, and the last line of
the journal the person saw: when somebody else was faster, the page says what they
did and keeps what was typed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import (
    PERMISSIONS,
    Department,
    Permission,
    Person,
    RoleAssignment,
)
from zhiyin.act.cases.models import (
    AttemptResult,
    Case,
    CaseLevel,
    Cause,
    CompensationKind,
    ContactResult,
    ContactWay,
    NeedType,
    Promise,
)
from zhiyin.act.cases.queries.handing import pending_hand_over
from zhiyin.act.cases.queries.trees import Tree, path_of, picker

CHOOSE = ("", gettext_lazy("choose…"))
LONGEST = 4000


def _long(label: Any, *, rows: int = 4, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, max_length=LONGEST, **options)


def _choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[CHOOSE, *choices], **options)


class ActForm(forms.Form):
    """What every form on a case carries; by itself it asks nothing."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.case, self.person = case, person
        self.prepare()

    def prepare(self) -> None:
        """Fill what depends on the case."""

    def values(self) -> dict[str, Any]:
        """Return what was given, without what every form carries."""
        carried = ("version", "seen")
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in carried
        }


class ContactForm(ActForm):
    channel = forms.ChoiceField(label=gettext_lazy("way"), choices=ContactWay.choices)
    result = _choice(gettext_lazy("result"), AttemptResult.choices)
    note = _long(gettext_lazy("what was said"), required=False)


class CausesForm(ActForm):
    """Causes of any tree, one of them primary."""

    causes = forms.ModelMultipleChoiceField(
        label=gettext_lazy("causes"),
        queryset=Cause.objects.none(),
        help_text=gettext_lazy("Tick every cause, and mark one as primary."),
        error_messages={"required": gettext_lazy("Tick one cause at least.")},
    )
    primary = forms.ModelChoiceField(
        queryset=Cause.objects.none(),
        error_messages={"required": gettext_lazy("Mark one cause as primary.")},
    )
    need_type = _choice(
        gettext_lazy("what the customer needs first"), NeedType.choices, required=False
    )
    trees: list[Tree]

    def prepare(self) -> None:
        """Offer the causes in use, ticked as they are."""
        kept = list(self.case.causes.all())
        chosen = {one.cause_id for one in kept}
        rows = Cause.objects.visible_to(self.person)
        rows = rows.filter(Q(is_active=True, level__gte=2) | Q(pk__in=chosen))
        primary = next((one.cause_id for one in kept if one.is_primary), None)
        if self.is_bound:
            sent = self.data.getlist("causes") if hasattr(self.data, "getlist") else []
            chosen = {int(one) for one in sent if one.isdecimal()}
            marked = self.data.get("primary", "")
            primary = int(marked) if marked.isdecimal() else None
        for name in ("causes", "primary"):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["need_type"].initial = self.case.need_type
        self.trees = picker(self.person, chosen, primary)

    def clean(self) -> dict[str, Any]:
        """The primary cause is one of the ticked ones."""
        given = super().clean() or {}
        causes, primary = given.get("causes"), given.get("primary")
        if causes is not None and primary is not None and primary not in causes:
            self.add_error("primary", _("The primary cause must be ticked as well."))
        return given


class NeedForm(ActForm):
    need_type = _choice(gettext_lazy("what the customer needs first"), NeedType.choices)


class LevelForm(ActForm):
    level = forms.ModelChoiceField(
        label=gettext_lazy("level"), queryset=CaseLevel.objects.none()
    )
    reason = _long(gettext_lazy("reason"), rows=2)

    def prepare(self) -> None:
        """Offer the levels in use."""
        rows = CaseLevel.objects.visible_to(self.person).filter(is_active=True)
        self.fields["level"].queryset = rows  # type: ignore[attr-defined]
        self.fields["level"].initial = self.case.level_id


class NoteForm(ActForm):
    note = _long(gettext_lazy("note"), rows=3, required=False)


class NeededNoteForm(ActForm):
    note = _long(gettext_lazy("reason"), rows=3)


class ReasonForm(ActForm):
    reason = _long(gettext_lazy("reason"), rows=3)


class ResolveForm(ActForm):
    action_taken = _long(gettext_lazy("what was done"))
    contact_result = _choice(
        gettext_lazy("what the customer said to it"), ContactResult.choices
    )
    customer_told = forms.BooleanField(
        label=gettext_lazy("the customer was told"), required=False
    )

    def prepare(self) -> None:
        """Start from what is known."""
        for name in ("action_taken", "contact_result", "customer_told"):
            if name in self.fields:
                self.fields[name].initial = getattr(self.case, name)


class CausePathField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A cause, named with what it stands under."""

    def label_from_instance(self, obj: Any) -> str:
        return path_of(obj)


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(label=label, widget=widget)


class ExplainForm(ActForm):
    """What cannot be solved now: explained, promised for a day, told in between."""

    action_taken = _long(gettext_lazy("what was explained"))
    contact_result = _choice(
        gettext_lazy("what the customer said to it"), ContactResult.choices
    )
    promise = _long(gettext_lazy("what the customer was promised"), rows=2)
    due_at = _moment(gettext_lazy("until"))
    update_every_days = forms.IntegerField(
        label=gettext_lazy("days between updates to the customer"),
        min_value=1,
        max_value=90,
        required=False,
    )


class PromiseForm(ActForm):
    text = _long(gettext_lazy("what the customer was promised"), rows=2)
    due_at = _moment(gettext_lazy("until"))


class KeepForm(ActForm):
    promise = forms.ModelChoiceField(
        label=gettext_lazy("promise"), queryset=Promise.objects.none()
    )
    note = _long(gettext_lazy("note"), rows=2, required=False)

    def prepare(self) -> None:
        """Offer the promises that wait."""
        rows = self.case.promises.filter(kept_at=None)
        self.fields["promise"].queryset = rows  # type: ignore[attr-defined]
        self.fields["promise"].initial = rows.first()


class TellForm(ActForm):
    channel = forms.ChoiceField(label=gettext_lazy("way"), choices=ContactWay.choices)
    text = _long(gettext_lazy("what the customer was told"))


class HandOverForm(ActForm):
    to_department = forms.ModelChoiceField(
        label=gettext_lazy("to department"), queryset=Department.objects.none()
    )
    reason = _long(gettext_lazy("reason"), rows=3)

    def prepare(self) -> None:
        """Offer every other department in use."""
        rows = Department.objects.visible_to(self.person).active()
        if self.case.department_id is not None:
            rows = rows.exclude(pk=self.case.department_id)
        self.fields["to_department"].queryset = rows  # type: ignore[attr-defined]


class DecideForm(ActForm):
    department = forms.ModelChoiceField(
        label=gettext_lazy("who works on the case"),
        queryset=Department.objects.none(),
    )
    note = _long(gettext_lazy("reason"), rows=3)

    def prepare(self) -> None:
        """Offer the two departments that differ."""
        pending = pending_hand_over(self.case)
        given = (
            (pending.to_department_id, pending.from_department_id) if pending else ()
        )
        both = [number for number in given if number is not None]
        rows = Department.objects.visible_to(self.person).filter(pk__in=both)
        self.fields["department"].queryset = rows  # type: ignore[attr-defined]


WORKING = [
    role for role, given in PERMISSIONS.items() if Permission.WORK_CASES in given
]


def people_for_cases(person: Person) -> Any:
    """Return the colleagues who may work on cases."""
    roles = [
        role for role, given in PERMISSIONS.items() if Permission.WORK_CASES in given
    ]
    holders = RoleAssignment.objects.filter(role__in=roles).values("person")
    rows = Person.objects.visible_to(person).filter(is_active=True)
    return rows.filter(pk__in=holders)


class AssignForm(ActForm):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("owner"), queryset=Person.objects.none()
    )

    def prepare(self) -> None:
        """Offer whoever works on cases."""
        self.fields["owner"].queryset = people_for_cases(self.person)  # type: ignore[attr-defined]
        self.fields["owner"].initial = self.case.owner_id


class MergeForm(ActForm):
    into = forms.IntegerField(
        label=gettext_lazy("number of the case that stays"), min_value=1
    )

    def clean_into(self) -> Case:
        """Find the case by its number among those the person sees."""
        number = self.cleaned_data["into"]
        rows = Case.objects.visible_to(self.person).exclude(pk=self.case.pk)
        found = rows.filter(number=number).first()
        if found is None:
            raise ValidationError(_("You see no other case %(n)s.") % {"n": number})
        return found


class CompensateForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("kind"), choices=CompensationKind.choices
    )
    amount = forms.DecimalField(
        label=gettext_lazy("worth"), min_value=0, max_digits=12, decimal_places=2
    )
    currency = forms.CharField(
        label=gettext_lazy("currency"), min_length=3, max_length=3, initial="CNY"
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300)


class AttachForm(ActForm):
    file = forms.FileField(label=gettext_lazy("file"))


class CommentForm(ActForm):
    text = _long(
        gettext_lazy("Note among colleagues; the customer never sees it"), rows=2
    )


class CloseForm(ResolveForm):
    """Everything a case needs before it is closed, and only that."""

    cause = CausePathField(
        label=gettext_lazy("primary cause"),
        queryset=Cause.objects.none(),
        empty_label=gettext_lazy("choose…"),
    )
    need_type = _choice(gettext_lazy("what the customer needed"), NeedType.choices)
    field_order = (
        "cause",
        "action_taken",
        "need_type",
        "contact_result",
        "customer_told",
    )

    def prepare(self) -> None:
        """Offer the causes grouped by their trees, and start from what is known."""
        super().prepare()
        rows = Cause.objects.visible_to(self.person).filter(level__gte=2)
        kept = self.case.causes.filter(is_primary=True).first()
        rows = rows.filter(Q(is_active=True) | Q(pk=kept.cause_id if kept else None))
        field = self.fields["cause"]
        field.queryset = rows.select_related("parent__parent")  # type: ignore[attr-defined]
        field.initial = kept.cause_id if kept else None
        self.fields["need_type"].initial = self.case.need_type
