"""A case from its opening to its end, by the hands of several people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from tests.zhiyin.act.cases.conftest import MONDAY, Hands, Place
from zhiyin.accounts.models import AuditEntry
from zhiyin.act.cases.models import (
    Case,
    CaseEvent,
    Cause,
    JournalIsFinalError,
    Outcome,
    State,
)
from zhiyin.act.cases.queries import missing_facts
from zhiyin.act.cases.services import (
    CaseError,
    CaseMovedOnError,
    Contact,
    Facts,
    MissingFactsError,
    Pledge,
    acknowledge_case,
    answer_hand_over,
    ask_hand_over,
    assign_case,
    assign_many,
    close_case,
    comment_case,
    decide_hand_over,
    explain_case,
    keep_promise,
    log_contact,
    merge_cases,
    move_case,
    record_causes,
    record_facts,
    refuse_verification,
    reopen_case,
    resolve_case,
    undo_bulk,
    update_customer,
    verify_case,
)
from zhiyin.act.notices.models import Notice
from zhiyin.listen.contacts.models import Suppression

pytestmark = pytest.mark.usefixtures("in_english")
HOUR = dt.timedelta(hours=1)
TOLD = Facts(
    need_type="rational",
    action_taken="优化了小区参数",
    contact_result="satisfied",
    customer_told=True,
)


def leaf(place: Place, code: str = "NET-02-04") -> Cause:
    return Cause.objects.get(organisation=place.organisation, code=code)


def kinds(case: Case) -> list[str]:
    return list(case.events.values_list("kind", flat=True))


def to_closed(place: Place, case: Case) -> Case:
    cause = leaf(place)
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached"))
    record_causes(case=case, by=place.agent, causes=[cause], primary=cause)
    resolve_case(case=case, by=place.agent, facts=TOLD)
    return close_case(case=case, by=place.agent)


def test_a_case_goes_from_the_alert_to_its_end_with_every_step_in_its_journal(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    assert (case.number, case.state, case.owner) == (1, State.ASSIGNED, place.agent)
    assert case.acknowledge_by == MONDAY + 4 * HOUR
    assert case.contact_by == MONDAY + 24 * HOUR
    assert case.resolve_by == MONDAY + 72 * HOUR
    assert case.next_due_at == case.acknowledge_by
    assert Notice.objects.filter(person=place.agent).count() == 1
    acknowledge_case(case=case, by=place.agent, version=case.version)
    assert case.next_due_at == case.contact_by
    hands.on(hours=2)
    log_contact(case=case, by=place.agent, contact=Contact("phone", "no_answer"))
    assert case.state == State.CONTACTING
    hands.on(hours=6)
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached", "在家"))
    assert case.contacted_at == hands.now
    assert [each.day_part for each in case.attempts.all()] == ["afternoon", "evening"]
    move_case(case=case, to=State.IN_PROGRESS, by=place.agent)
    with pytest.raises(MissingFactsError):
        close_case(case=case, by=place.agent)
    cause, other = leaf(place), leaf(place, "NET-02-01")
    record_causes(case=case, by=place.agent, causes=[other], primary=cause)
    resolve_case(case=case, by=place.agent, facts=TOLD)
    assert (case.outcome, case.next_due_at) == (Outcome.RESOLVED, hands.now + 48 * HOUR)
    close_case(case=case, by=place.agent)
    assert (case.state, case.closed_at, case.next_due_at) == ("closed", hands.now, None)
    assert kinds(case) == [
        "opened",
        "moved",
        "acknowledged",
        "contact",
        "moved",
        "contact",
        "moved",
        "moved",
        "causes",
        "facts",
        "moved",
        "moved",
    ]
    audited = AuditEntry.objects.filter(action__startswith="case.")
    assert audited.filter(action="case.closed", actor=place.agent).count() == 1


def test_a_customer_with_an_open_case_is_asked_nothing_until_it_is_closed(
    place: Place,
) -> None:
    case = place.open()
    left_alone = Suppression.objects.get(customer=place.customer)
    assert left_alone.is_in_force()
    to_closed(place, case)
    left_alone.refresh_from_db()
    assert not left_alone.is_in_force()


def test_the_journal_cannot_be_changed(place: Place) -> None:
    case = place.open()
    line = case.events.first()
    assert line is not None
    for change in (
        line.save,
        line.delete,
        case.events.all().delete,
        lambda: CaseEvent.objects.update(text=""),
    ):
        with pytest.raises(JournalIsFinalError):
            change()


def test_the_second_of_two_people_who_edit_one_case_is_told_and_loses_nothing(
    place: Place,
) -> None:
    case = place.open()
    seen = case.version
    record_facts(
        case=case, by=place.agent, version=seen, facts=Facts(action_taken="已派单")
    )
    other = Case.objects.get(pk=case.pk)
    with pytest.raises(CaseMovedOnError, match="agent") as refusal:
        record_facts(
            case=other,
            by=place.network_lead,
            version=seen,
            facts=Facts(action_taken="别的"),
        )
    assert "nothing of yours was saved" in refusal.value.messages[0]
    other.refresh_from_db()
    assert other.action_taken == "已派单"
    # A remark does not make anybody's form stale.
    comment_case(case=case, by=place.manager, text="<script>alert(1)</script>")
    record_facts(case=other, by=place.agent, version=other.version, facts=TOLD)


def test_a_customer_counts_as_not_reached_only_after_three_tries_at_two_times_of_day(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    tried = Contact("phone", "no_answer")
    for _again in range(3):
        log_contact(case=case, by=place.agent, contact=tried)
        hands.on(minutes=20)
    with pytest.raises(CaseError, match="3 attempts in 2 parts of the day"):
        move_case(case=case, to=State.UNREACHABLE, by=place.agent)
    hands.on(hours=9)
    log_contact(case=case, by=place.agent, contact=tried)
    move_case(case=case, to=State.UNREACHABLE, by=place.agent)
    assert (case.outcome, case.contact_result) == ("unreachable", "not_reached")
    assert missing_facts(case) == ["cause", "action_taken"]
    # The customer calls back after all.
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached"))
    assert (case.state, case.outcome, case.contact_result) == ("contacted", "", "")


def test_tries_that_lie_too_far_apart_do_not_count(place: Place, hands: Hands) -> None:
    case = place.open()
    for _again in range(4):
        log_contact(case=case, by=place.agent, contact=Contact("phone", "busy"))
        hands.on(hours=37)
    with pytest.raises(CaseError, match="72 hours"):
        move_case(case=case, to=State.UNREACHABLE, by=place.agent)


def test_explained_is_not_solved_until_the_promise_is_kept(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached"))
    record_causes(case=case, by=place.agent, causes=[], primary=leaf(place))
    with pytest.raises(CaseError, match="future"):
        explain_case(
            case=case, by=place.agent, pledge=Pledge("建站", MONDAY - HOUR), facts=TOLD
        )
    pledge = Pledge("十二月建站", MONDAY + dt.timedelta(30), 10)
    explain_case(case=case, by=place.agent, pledge=pledge, facts=TOLD)
    assert (case.state, case.outcome) == ("explained_pending", "explained")
    assert case.resolved_at is None
    assert case.next_due_at == case.next_update_at == MONDAY + dt.timedelta(10)
    hands.on(days=9)
    update_customer(case=case, by=place.agent, channel="sms", text="设备已到货")
    assert case.next_update_at == MONDAY + dt.timedelta(19)
    with pytest.raises(MissingFactsError) as refusal:
        close_case(case=case, by=place.agent)
    assert refusal.value.missing == ("promise",)
    promise = case.promises.get()
    keep_promise(promise=promise, by=place.agent, note="已开通")
    case.refresh_from_db()
    resolve_case(case=case, by=place.agent)
    close_case(case=case, by=place.agent)
    assert case.outcome == Outcome.RESOLVED


def test_whoever_was_judged_does_not_verify_their_own_case(place: Place) -> None:
    case = place.open(employee=place.agent.email)
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached"))
    record_causes(case=case, by=place.agent, causes=[], primary=leaf(place))
    resolve_case(case=case, by=place.agent, facts=TOLD)
    assert missing_facts(case) == ["verifier"]
    assert Notice.objects.filter(person=place.network_lead).exists()
    with pytest.raises(CaseError, match="somebody else"):
        verify_case(case=case, by=place.agent)
    refuse_verification(case=case, by=place.network_lead, note="客户说没有人道歉")
    assert (case.state, case.resolved_at, case.outcome) == ("in_progress", None, "")
    resolve_case(case=case, by=place.agent)
    verify_case(case=case, by=place.network_lead)
    close_case(case=case, by=place.agent)
    assert case.verifier == place.network_lead


def test_a_rejected_hand_over_is_decided_by_somebody_else(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    asked = ask_hand_over(
        case=case, to_department=place.stores, reason="营业厅误办", by=place.agent
    )
    assert Notice.objects.filter(person=place.stores_lead).count() == 1
    assert Case.objects.visible_to(place.clerk).filter(pk=case.pk).exists()
    with pytest.raises(CaseError, match="Withdraw"):
        ask_hand_over(
            case=case, to_department=place.headquarters, reason="再试", by=place.agent
        )
    with pytest.raises(CaseError, match="does not take it"):
        answer_hand_over(hand_over=asked, accept=False, by=place.stores_lead)
    answer_hand_over(
        hand_over=asked, accept=False, by=place.stores_lead, note="是网络问题"
    )
    with pytest.raises(CaseError, match="somebody else has to decide"):
        decide_hand_over(
            hand_over=asked, department=place.network, by=place.stores_lead, note="x"
        )
    decide_hand_over(
        hand_over=asked, department=place.stores, by=place.manager, note="受理单为证"
    )
    case.refresh_from_db()
    assert (case.department, case.owner) == (place.stores, place.stores_lead)
    assert case.resolve_by == hands.now + 72 * HOUR
    assert kinds(case)[-3:] == [
        "hand_over_asked",
        "hand_over_rejected",
        "hand_over_decided",
    ]


def test_a_hand_over_that_is_accepted_moves_the_case_and_keeps_its_clocks(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    before = case.resolve_by
    asked = ask_hand_over(
        case=case, to_department=place.stores, reason="营业厅误办", by=place.agent
    )
    hands.on(hours=1)
    answer_hand_over(hand_over=asked, accept=True, by=place.clerk, owner=place.clerk)
    case.refresh_from_db()
    assert (case.department, case.owner) == (place.stores, place.clerk)
    assert (case.resolve_by, case.offered_to) == (before, None)
    with pytest.raises(CaseError, match="already"):
        answer_hand_over(hand_over=asked, accept=True, by=place.clerk)


def test_merged_cases_leave_their_promises_and_deadlines_to_the_one_that_stays(
    place: Place, hands: Hands
) -> None:
    first = place.open()
    explain = Pledge("回电", MONDAY + dt.timedelta(3))
    log_contact(case=first, by=place.agent, contact=Contact("phone", "reached"))
    explain_case(case=first, by=place.agent, pledge=explain, facts=TOLD)
    hands.on(hours=30)
    second = place.open(level="P3")
    assert second.customer == first.customer
    with pytest.raises(CaseError, match="“explained, not yet solved”"):
        merge_cases(into=second, others=[first], by=place.agent)
    move_case(case=first, to=State.IN_PROGRESS, by=place.agent)
    merge_cases(into=second, others=[first], by=place.agent)
    first.refresh_from_db()
    assert (first.state, first.merged_into, first.outcome) == (
        "merged",
        second,
        "duplicate",
    )
    assert second.promises.count() == 1
    assert second.resolve_by == MONDAY + 72 * HOUR
    assert Suppression.objects.filter(ends_at=None).count() == 1


def test_reopening_starts_the_clock_again_and_keeps_what_was(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    to_closed(place, case)
    hands.on(days=5)
    with pytest.raises(CaseError, match="why"):
        reopen_case(case=case, by=place.agent, reason=" ")
    reopen_case(case=case, by=place.network_lead, reason="又慢了")
    assert (case.state, case.closed_at, case.reopened_count) == ("reopened", None, 1)
    assert case.next_due_at == hands.now + 72 * HOUR
    assert case.suppression is not None
    line = case.events.get(to_state="reopened")
    assert line.detail["resolved_at"] == MONDAY.isoformat()


def test_an_action_on_many_cases_can_be_undone_where_nobody_went_on(
    place: Place,
) -> None:
    cases = [place.open() for _number in range(3)]
    bulk = assign_many(cases=cases, owner=place.network_lead, by=place.manager)
    assert len(bulk.before) == 3
    comment_case(case=cases[1], by=place.agent, text="看过了")
    acknowledge_case(case=cases[2], by=place.network_lead)
    assert undo_bulk(bulk=bulk, by=place.manager) == (2, 1)
    owners = [Case.objects.get(pk=case.pk).owner for case in cases]
    assert owners == [place.agent, place.agent, place.network_lead]
    assert undo_bulk(bulk=bulk, by=place.manager) == (0, 0)


def test_an_owner_must_be_there_and_work_on_cases(place: Place) -> None:
    case = place.open()
    place.clerk.is_active = False
    place.clerk.save()
    with pytest.raises(CaseError, match="no longer works here"):
        assign_case(case=case, owner=place.clerk, by=place.manager)
    # An alert named somebody who has left: the department's lead gets the case.
    assert place.open(owner=place.clerk).owner == place.network_lead


def test_a_stranger_or_a_closed_case_is_refused(place: Place) -> None:
    case = place.open()
    to_closed(place, case)
    for act in (
        lambda: acknowledge_case(case=case, by=place.agent),
        lambda: resolve_case(case=case, by=place.agent, facts=TOLD),
        lambda: move_case(case=case, to="in_progress", by=place.agent),
        lambda: move_case(case=case, to="verified", by=place.agent),
    ):
        with pytest.raises(ValidationError):
            act()
