"""What each act on a case asks for, and the service it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Person
from zhiyin.act.cases import services
from zhiyin.act.cases.forms import acts as forms
from zhiyin.act.cases.models import Case, HandOver, State
from zhiyin.act.cases.queries.handing import pending_hand_over
from zhiyin.act.cases.services import Contact, Facts, Gift, Pledge
from zhiyin.act.cases.services.finishing import close_with_cause

Given = dict[str, Any]
Run = Callable[[Case, Person, int | None, Given], object]


@dataclass(frozen=True)
class Act:
    """One thing that can be done: its form, its service, and words for the page."""

    run: Run
    form: type[forms.ActForm] = forms.ActForm
    note: str | Promise = ""
    # What a link may fill in beforehand.
    from_address: tuple[str, ...] = ()


def _calls(service: Callable[..., object]) -> Run:
    def run(case: Case, by: Person, version: int | None, given: Given) -> object:
        return service(case=case, by=by, version=version, **given)

    return run


def _moves(to: str) -> Run:
    def run(case: Case, by: Person, version: int | None, given: Given) -> object:
        text = given.get("note", "")
        return services.move_case(case=case, to=to, by=by, version=version, text=text)

    return run


def _with_facts(service: Callable[..., object]) -> Run:
    def run(case: Case, by: Person, version: int | None, given: Given) -> object:
        return service(case=case, by=by, version=version, facts=Facts(**given))

    return run


def _contact(case: Case, by: Person, version: int | None, given: Given) -> object:
    return services.log_contact(
        case=case, by=by, version=version, contact=Contact(**given)
    )


def _pledge(given: Given, text: str) -> Pledge:
    every = given.get("update_every_days")
    return Pledge(given[text], given["due_at"], every)


def _promise(case: Case, by: Person, version: int | None, given: Given) -> object:
    pledge = _pledge(given, "text")
    return services.make_promise(case=case, by=by, version=version, pledge=pledge)


def _explain(case: Case, by: Person, version: int | None, given: Given) -> object:
    return services.explain_case(
        case=case,
        by=by,
        version=version,
        pledge=_pledge(given, "promise"),
        facts=Facts(
            action_taken=given["action_taken"],
            contact_result=given["contact_result"],
            customer_told=True,
        ),
    )


def _causes(case: Case, by: Person, version: int | None, given: Given) -> object:
    return services.record_causes(
        case=case,
        by=by,
        version=version,
        causes=list(given["causes"]),
        primary=given["primary"],
    )


def _keep(_case: Case, by: Person, version: int | None, given: Given) -> object:
    return services.keep_promise(by=by, version=version, **given)


def _pending(case: Case) -> HandOver:
    pending = pending_hand_over(case)
    if pending is None:
        raise Http404
    pending.case = case
    return pending


def _answers(*, accept: bool) -> Run:
    def run(case: Case, by: Person, _version: int | None, given: Given) -> object:
        return services.answer_hand_over(
            hand_over=_pending(case), accept=accept, by=by, **given
        )

    return run


def _decide(case: Case, by: Person, _version: int | None, given: Given) -> object:
    return services.decide_hand_over(hand_over=_pending(case), by=by, **given)


def _withdraw(case: Case, by: Person, _version: int | None, _given: Given) -> object:
    return services.withdraw_hand_over(hand_over=_pending(case), by=by)


def _comment(case: Case, by: Person, _version: int | None, given: Given) -> object:
    return services.comment_case(case=case, by=by, text=given["text"])


def _attach(case: Case, by: Person, _version: int | None, given: Given) -> object:
    file = given["file"]
    return services.attach_file(
        case=case, by=by, name=file.name, size=file.size, chunks=file.chunks()
    )


def _compensate(case: Case, by: Person, _version: int | None, given: Given) -> object:
    return services.record_compensation(case=case, by=by, gift=Gift(**given))


def _merge(case: Case, by: Person, _version: int | None, given: Given) -> object:
    return services.merge_many(into=given["into"], others=[case], by=by)


ACTS: dict[str, Act] = {
    "take": Act(
        _calls(services.acknowledge_case),
        note=_("The case becomes yours, and the time to call the customer runs on."),
    ),
    "acknowledge": Act(
        _calls(services.acknowledge_case),
        note=_("You have seen the case and are on it."),
    ),
    "contact": Act(
        _contact,
        forms.ContactForm,
        _("Log every attempt, also those that failed: they count by part of the day."),
    ),
    "causes": Act(_causes, forms.CausesForm),
    "need": Act(_with_facts(services.record_facts), forms.NeedForm),
    "level": Act(
        _calls(services.change_level),
        forms.LevelForm,
        _("The clocks count anew from when the case was opened."),
    ),
    "progress": Act(_moves(State.IN_PROGRESS), forms.NoteForm),
    "wait-customer": Act(_moves(State.WAITING_CUSTOMER), forms.NoteForm),
    "wait-department": Act(_moves(State.WAITING_DEPARTMENT), forms.NoteForm),
    "resolve": Act(_with_facts(services.resolve_case), forms.ResolveForm),
    "explain": Act(
        _explain,
        forms.ExplainForm,
        _(
            "For what cannot be solved now. It does not count as solved: the case "
            "stays open until the promise is kept, and the customer hears in between.",
        ),
    ),
    "promise": Act(_promise, forms.PromiseForm),
    "keep": Act(_keep, forms.KeepForm, from_address=("promise",)),
    "tell": Act(_calls(services.update_customer), forms.TellForm),
    "hand-over": Act(
        _calls(services.ask_hand_over),
        forms.HandOverForm,
        _("The clocks of the case run on until the other department has answered."),
    ),
    "accept": Act(_answers(accept=True), forms.NoteForm),
    "reject": Act(
        _answers(accept=False),
        forms.NeededNoteForm,
        _("Somebody who leads both departments will decide."),
    ),
    "decide": Act(_decide, forms.DecideForm),
    "withdraw": Act(_withdraw),
    "unreachable": Act(_moves(State.UNREACHABLE), forms.NoteForm),
    "no-contact": Act(_moves(State.NO_CONTACT_REQUESTED), forms.NoteForm),
    "verify": Act(_calls(services.verify_case), forms.NoteForm),
    "send-back": Act(_calls(services.refuse_verification), forms.NeededNoteForm),
    "close": Act(_calls(close_with_cause), forms.CloseForm),
    "reopen": Act(_calls(services.reopen_case), forms.ReasonForm),
    "assign": Act(_calls(services.assign_case), forms.AssignForm),
    "merge": Act(
        _merge,
        forms.MergeForm,
        _("Cases of the same customer can be merged. You can take this back."),
    ),
    "compensate": Act(_compensate, forms.CompensateForm),
    "attach": Act(_attach, forms.AttachForm),
    "comment": Act(_comment, forms.CommentForm),
}
