"""The collection plan as six questions: who, what, when, where, why and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.channels.models import ChannelAccount, MessageClass, MessageTemplate
from zhiyin.common.condition_builder import ConditionBuilder
from zhiyin.listen.contacts.queries import Rules, policy_in_force
from zhiyin.listen.customers.models import Audience
from zhiyin.listen.programs.forms.amounts import (
    DelayField,
    PercentField,
    QuotaField,
)
from zhiyin.listen.programs.models import (
    Cadence,
    Channel,
    Programme,
    Stream,
    Touchpoint,
    Trigger,
)
from zhiyin.listen.programs.queries.facts import facts_offered, porting_faults
from zhiyin.listen.programs.queries.sampling import ALLOCATIONS, Sampling
from zhiyin.listen.programs.queries.sentence import words_in_language
from zhiyin.listen.programs.queries.standard import NEVER_DAYS, ONCE
from zhiyin.listen.surveys.models import Instrument

_ALLOCATIONS = dict(
    zip(
        ALLOCATIONS,
        (
            gettext_lazy("in proportion to the strata"),
            gettext_lazy("as many in every stratum"),
            gettext_lazy("most exact overall, by the spread of the last wave"),
        ),
        strict=True,
    )
)
_EVENT_ONLY = ("event_kind", "cancel_event_kind", "delay")
_WAVE_ONLY = (
    "cadence",
    "cadence_days",
    "audience",
    "strata",
    "quotas",
    "size",
    "allocation",
    "margin_points",
    "promoters",
    "detractors",
    "response_rate",
    "rest_waves",
    "reminder_days",
)
_SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("who", gettext_lazy("Who is asked?"), (
        "plan_who", "audience", "share", "rest_waves",
    )),
    ("what", gettext_lazy("What happened, and what is asked about it?"), (
        "plan_what", "event_kind", "cancel_event_kind", "instrument",
    )),
    ("when", gettext_lazy("When?"), (
        "delay", "cadence", "cadence_days", "expires_hours", "reminder_days",
    )),
    ("where", gettext_lazy("Where?"), ("touchpoint", "pilot_departments")),
    ("why", gettext_lazy("Why?"), ("plan_why", "owner")),
    ("how", gettext_lazy("How?"), (
        "channel", "account", "template",
        "fallback_channel", "fallback_account", "fallback_template", "cap",
    )),
    ("sample", gettext_lazy("How many?"), (
        "size", "margin_points", "promoters", "detractors", "response_rate",
        "strata", "allocation", "quotas",
    )),
)  # fmt: skip
_SAMPLING = (
    "audience",
    "size",
    "allocation",
    "margin_points",
    "promoters",
    "detractors",
    "response_rate",
    "rest_waves",
)
_WORDS = ("who", "what", "why")


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    """The plan in people's words beside what the machine does; both are one rule."""

    plan_who = forms.CharField(
        label=gettext_lazy("Who, in your words"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Such as: customers with a 5G plan. It is shown only."),
    )
    plan_what = forms.CharField(
        label=gettext_lazy("What happened, in your words"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as: being served in a store. It is shown only."),
    )
    plan_why = forms.CharField(
        label=gettext_lazy("Which decision do the answers serve?"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Audience"),
        required=False,
        choices=[("", gettext_lazy("everybody")), *Audience.choices],
    )
    delay = DelayField(label=gettext_lazy("How long after"))
    share = PercentField(label=gettext_lazy("Share asked, in percent"), least=0.01)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    fallback_channel = forms.ChoiceField(
        label=gettext_lazy("Else by"),
        required=False,
        choices=[("", gettext_lazy("no other way")), *Channel.choices],
    )
    cap = forms.IntegerField(
        label=gettext_lazy("Days until the same is asked again"),
        min_value=-1,
        max_value=730,
        initial=0,
        help_text=gettext_lazy(
            "Kept in the contact policy. 0: no gap of its own; -1: never again."
        ),
    )
    size = forms.IntegerField(
        label=gettext_lazy("How many are invited"),
        min_value=0,
        initial=0,
        help_text=gettext_lazy("0: the share above, of everybody in the frame."),
    )
    margin_points = forms.FloatField(
        label=gettext_lazy("Wanted interval, plus or minus points"),
        min_value=0.5,
        max_value=50,
        initial=5,
    )
    promoters = PercentField(label=gettext_lazy("Expected promoters, percent"))
    detractors = PercentField(label=gettext_lazy("Expected detractors, percent"))
    response_rate = PercentField(
        label=gettext_lazy("Assumed response rate, percent"),
        required=False,
        least=0.01,
        help_text=gettext_lazy(
            "Used only until the channel's own rate has been measured."
        ),
    )
    strata = forms.MultipleChoiceField(
        label=gettext_lazy("Strata"),
        required=False,
        help_text=gettext_lazy("The sample is drawn in each of their groups."),
    )
    allocation = forms.ChoiceField(
        label=gettext_lazy("Divided among strata"), choices=list(_ALLOCATIONS.items())
    )
    quotas = QuotaField(label=gettext_lazy("Quotas"), required=False)
    rest_waves = forms.IntegerField(
        label=gettext_lazy("Waves of rest after being asked"),
        min_value=0,
        max_value=24,
        initial=0,
    )

    class Meta:
        model = Programme
        fields = (
            "code", "name", "event_kind", "cancel_event_kind", "instrument",
            "cadence", "cadence_days", "expires_hours", "reminder_days",
            "touchpoint", "pilot_departments", "owner",
            "channel", "account", "template",
            "fallback_channel", "fallback_account", "fallback_template",
        )  # fmt: skip
        labels = {
            "expires_hours": gettext_lazy("Hours to answer"),
            "pilot_departments": gettext_lazy("Pilot only in"),
            "reminder_days": gettext_lazy("Reminder after days"),
            "cadence_days": gettext_lazy("Days of the cadence, if spread"),
        }
        help_texts = {
            "code": gettext_lazy("Answers refer to it; it never changes."),
            "event_kind": gettext_lazy(
                "As the source system names it; several with spaces between."
            ),
            "cancel_event_kind": gettext_lazy(
                "Nobody is asked if this happens before."
            ),
            "pilot_departments": gettext_lazy("Nothing chosen: everywhere."),
            "reminder_days": gettext_lazy("Empty: no reminder."),
        }

    def __init__(
        self, *args: Any, person: Person, trigger: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if not self.instance.pk:
            self.instance.organisation = person.organisation
            self.instance.trigger = trigger or Trigger.EVENT
        else:
            self.fields["code"].disabled = True
        self.is_wave = self.instance.trigger == Trigger.WAVE
        self._drop_what_does_not_apply()
        self._fill_choices()
        self._fill_initial()
        self.builders = self._builders()

    def _drop_what_does_not_apply(self) -> None:
        for name in _EVENT_ONLY if self.is_wave else _WAVE_ONLY:
            del self.fields[name]

    def _fill_choices(self) -> None:
        person = self.person
        accounts = ChannelAccount.objects.visible_to(person).filter(is_enabled=True)
        templates = MessageTemplate.objects.visible_to(person).filter(
            is_archived=False, message_class=MessageClass.SURVEY
        )
        choices: dict[str, Any] = {
            "instrument": Instrument.objects.visible_to(person).filter(
                is_archived=False, is_imported=False
            ),
            "touchpoint": Touchpoint.objects.visible_to(person).filter(is_active=True),
            "owner": Department.objects.visible_to(person).active(),
            "pilot_departments": Department.objects.visible_to(person).active(),
            "account": accounts,
            "fallback_account": accounts,
            "template": templates,
            "fallback_template": templates,
        }
        for name, rows in choices.items():
            field: Any = self.fields[name]
            field.queryset = rows
            if name != "pilot_departments":
                field.empty_label = _("none")
        if self.is_wave:
            facts = facts_offered(person.organisation, None, with_event=False)
            strata: Any = self.fields["strata"]
            strata.choices = [(fact.name, fact.label) for fact in facts]

    def _fill_initial(self) -> None:
        programme: Programme = self.instance
        sampling = Sampling.of(programme)
        initial: dict[str, Any] = {
            "delay": programme.delay_minutes,
            "share": programme.sampling_share,
            "cap": self._cap(),
            "strata": programme.strata,
            "quotas": programme.quotas,
        }
        initial |= {name: getattr(sampling, name) for name in _SAMPLING}
        plan: Mapping[str, Any] = programme.plan
        for word in _WORDS:
            initial[f"plan_{word}"] = words_in_language(plan.get(word))
        for name, value in initial.items():
            if name in self.fields:
                self.fields[name].initial = value
                self.initial.setdefault(name, value)

    def _cap(self) -> int:
        """Return the programme's own gap as the contact policy has it."""
        policy = policy_in_force(self.person.organisation)
        days = Rules.of(policy.rules).own_days.get(self.instance.code, 0)
        return ONCE if days >= NEVER_DAYS else round(days)

    def _builders(self) -> dict[str, ConditionBuilder]:
        programme: Programme = self.instance
        facts = facts_offered(
            self.person.organisation, programme, with_event=not self.is_wave
        )
        kept = {
            "conditions": programme.conditions,
            "exclusions": programme.exclusions,
        }
        if not self.is_wave:
            kept["always"] = Sampling.of(programme).always
        data = self.data if self.is_bound else None
        return {
            name: ConditionBuilder(
                prefix=name, facts=facts, condition=condition, data=data
            )
            for name, condition in kept.items()
        }

    def clean_code(self) -> str:
        """Refuse a code that the organisation has already."""
        code = str(self.cleaned_data["code"])
        others = Programme.objects.visible_to(self.person).filter(code=code)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("There is already a programme with the code %(code)s.")
                % {"code": code}
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Read the conditions, and hold the parts of the plan against each other."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.read = {name: one.read() for name, one in self.builders.items()}
        if any(one.errors for one in self.builders.values()):
            self.add_error(None, _("A condition is not right: see below it."))
        for fault in porting_faults(self.read):
            self.add_error(None, fault)
        shares = (cleaned.get("promoters") or 0) + (cleaned.get("detractors") or 0)
        if shares > 1:
            self.add_error(
                "detractors", _("Promoters and detractors are at most 100 percent.")
            )
        if not self.is_wave and not cleaned.get("touchpoint"):
            self.add_error(
                "touchpoint",
                _("Choose the touchpoint after which customers are asked."),
            )
        return cleaned

    def programme(self) -> Programme:
        """Return the unsaved programme: the plan compiled into the rule."""
        made: Programme = self.save(commit=False)
        cleaned = self.cleaned_data
        made.stream = Stream.RELATIONSHIP if self.is_wave else Stream.TRANSACTIONAL
        made.sampling_share = cleaned["share"]
        made.delay_minutes = cleaned.get("delay") or 0
        made.conditions = self.read["conditions"]
        made.exclusions = self.read["exclusions"]
        sampling = Sampling.of(made).to_dict()
        sampling |= {name: cleaned[name] for name in _SAMPLING if name in cleaned}
        sampling["always"] = self.read.get("always", {})
        made.sampling = sampling
        made.strata = cleaned.get("strata") or []
        made.quotas = cleaned.get("quotas") or []
        if not self.is_wave:
            made.cadence = Cadence.ONCE
        made.plan = self._plan(made.plan)
        return made

    def _plan(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Put the words into the plan; a text kept per language stays so."""
        plan = dict(kept)
        language = (get_language() or "en").lower()
        for word in _WORDS:
            text = self.cleaned_data[f"plan_{word}"]
            if isinstance(plan.get(word), Mapping) and text:
                plan[word] = {**plan[word], language: text}
            else:
                plan[word] = text
        if "instrument" in self.changed_data:
            # The standard metrics spoke of another questionnaire.
            plan.pop("metrics", None)
        return plan

    @property
    def pilot(self) -> list[Department]:
        """Return the departments the programme stays in."""
        return list(self.cleaned_data["pilot_departments"])

    def sections(self) -> list[dict[str, Any]]:
        """Return the six questions and the sample, each with its fields."""
        conditions = {
            "who": [
                ("conditions", _("Only where")),
                ("exclusions", _("Not where")),
                ("always", _("Asked whatever the share, where")),
            ]
        }
        made = []
        for code, title, names in _SECTIONS:
            fields = [self[name] for name in names if name in self.fields]
            builders = [
                {"label": label, "builder": self.builders[name]}
                for name, label in conditions.get(code, [])
                if name in self.builders
            ]
            if fields or builders:
                made.append(
                    {
                        "code": code,
                        "title": title,
                        "fields": fields,
                        "builders": builders,
                    }
                )
        return made
