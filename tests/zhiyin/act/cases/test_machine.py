"""No sequence of people's and workers' actions breaks a case.

A machine of Hypothesis draws what people and the worker do in any order. What a
service refuses, it refuses; after every step the case is whole.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.zhiyin.act.cases.conftest import Hands, Place
from zhiyin.act.cases import services
from zhiyin.act.cases.models import (
    OVER,
    Case,
    CaseCause,
    Cause,
    HandOver,
    Promise,
    State,
    may_move,
)
from zhiyin.act.cases.queries import running_clocks
from zhiyin.act.notices.models import Notice

PEOPLE = ("agent", "clerk", "network_lead", "stores_lead", "manager")
FACTS = services.Facts("rational", "已处理", "accepted", customer_told=True)
MOVED = ("moved", "undone")
SEQUENCES = int(os.environ.get("ZHIYIN_SEQUENCES", "6"))


class Machine(RuleBasedStateMachine):
    place: Place
    hands: Hands

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.cases = [self.place.open(), self.place.open(level="PR")]
        self.bulk: Any = None

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def attempt(self, act: Callable[[], object]) -> None:
        """Do it, or be refused in words; nothing in between."""
        with suppress(ValidationError), transaction.atomic():
            act()

    def case(self, number: int) -> Case:
        return Case.objects.get(pk=self.cases[number % len(self.cases)].pk)

    @rule(number=st.integers(0, 5), who=st.sampled_from(PEOPLE), data=st.data())
    def work(self, number: int, who: str, data: st.DataObject) -> None:
        """Somebody does something to a case, perhaps having seen an older one."""
        case, by = self.case(number), getattr(self.place, who)
        version = data.draw(st.sampled_from([None, case.version, case.version - 1]))
        given = {"case": case, "by": by, "version": version}
        contact = services.Contact(
            "phone", data.draw(st.sampled_from(["reached", "no_answer", "refused"]))
        )
        leaf = Cause.objects.filter(organisation=by.organisation_id, level=3)
        chosen = data.draw(st.lists(st.sampled_from([0, 1, 2]), min_size=1))
        causes = [leaf[place] for place in chosen]
        pledge = services.Pledge("会修好", self.hands.now + dt.timedelta(2), 1)
        acts: list[Callable[[], object]] = [
            lambda: services.acknowledge_case(**given),
            lambda: services.log_contact(**given, contact=contact),
            lambda: services.record_causes(**given, causes=causes, primary=causes[0]),
            lambda: services.resolve_case(**given, facts=FACTS),
            lambda: services.explain_case(**given, pledge=pledge, facts=FACTS),
            lambda: services.verify_case(**given),
            lambda: services.refuse_verification(**given, note="没有"),
            lambda: services.close_case(**given),
            lambda: services.reopen_case(**given, reason="又来了"),
            lambda: services.assign_case(**given, owner=by),
            lambda: services.update_customer(**given, channel="sms", text="在修"),
        ]
        self.attempt(data.draw(st.sampled_from(acts)))

    @rule(number=st.integers(0, 5), to=st.sampled_from(State.values))
    def move(self, number: int, to: str) -> None:
        case = self.case(number)
        act = services.move_case
        self.attempt(lambda: act(case=case, to=to, by=self.place.agent))

    @rule(number=st.integers(0, 5), accept=st.booleans(), data=st.data())
    def hand_over(self, number: int, accept: bool, data: st.DataObject) -> None:  # noqa: FBT001
        case, place = self.case(number), self.place
        waiting = HandOver.objects.filter(
            case=case, state__in=["asked", "rejected"]
        ).first()
        if waiting is None:
            act: Callable[[], object] = lambda: services.ask_hand_over(  # noqa: E731
                case=case, to_department=place.stores, reason="归渠道", by=place.agent
            )
        elif waiting.state == "asked":
            act = lambda: services.answer_hand_over(  # noqa: E731
                hand_over=waiting, accept=accept, by=place.stores_lead, note="不归"
            )
        else:
            winner = data.draw(st.sampled_from([place.stores, place.network]))
            act = lambda: services.decide_hand_over(  # noqa: E731
                hand_over=waiting, department=winner, by=place.manager, note="定了"
            )
        self.attempt(act)

    @rule(one=st.integers(0, 5), other=st.integers(0, 5))
    def merge(self, one: int, other: int) -> None:
        into, away = self.case(one), self.case(other)
        merge = services.merge_cases
        self.attempt(lambda: merge(into=into, others=[away], by=self.place.manager))

    @rule(again=st.booleans())
    def many(self, again: bool) -> None:  # noqa: FBT001
        place = self.place
        if again and self.bulk is not None:
            self.attempt(lambda: services.undo_bulk(bulk=self.bulk, by=place.manager))
            return
        cases = [self.case(number) for number in range(len(self.cases))]
        self.bulk = services.assign_many(
            cases=cases, owner=place.clerk, by=place.manager
        )

    @rule()
    def another(self) -> None:
        if len(self.cases) < 4:
            self.cases.append(self.place.open())

    @rule()
    def keep_promises(self) -> None:
        for promise in Promise.objects.filter(kept_at=None).select_related("case"):
            services.keep_promise(promise=promise, by=self.place.agent)

    @rule(hours=st.sampled_from([0, 1, 9, 30, 400]))
    def time_passes(self, hours: int) -> None:
        """The worker runs twice, as it may after it was killed."""
        self.hands.on(hours=hours)
        for _again in range(2):
            services.escalate_due()
            services.tend_hand_overs()
            services.tend_owners()

    @invariant()
    def every_case_is_whole(self) -> None:
        for case in Case.objects.all():
            self.check_journal(case)
            self.check_clocks(case)
            self.check_causes(case)
            assert case.owner is not None
            assert (case.closed_at is None) == (case.state not in OVER)
            is_left_alone = case.suppression is not None
            assert is_left_alone == (case.is_open and case.level.needs_facts)

    def check_journal(self, case: Case) -> None:
        lines = list(case.events.exclude(to_state="").order_by("pk"))
        assert lines[0].kind == "opened"
        assert lines[-1].to_state == case.state
        for before, line in itertools.pairwise(lines):
            assert line.from_state == before.to_state
            assert line.kind in MOVED
            assert line.kind == "undone" or may_move(line.from_state, line.to_state)
        assert case.events.filter(kind="opened").count() == 1
        assert case.reopened_count == case.events.filter(to_state="reopened").count()
        assert case.attempts.count() == case.events.filter(kind="contact").count()

    def check_clocks(self, case: Case) -> None:
        clocks = running_clocks(case)
        if case.state in OVER:
            assert (clocks, case.next_due_at, case.next_check_at) == ([], None, None)
            return
        assert case.next_due_at == clocks[0].due_at
        late = {clock.due_at for clock in clocks if clock.due_at > self.hands.now}
        assert case.next_check_at is not None or not late
        open_promises = case.promises.filter(kept_at=None).order_by("due_at").first()
        wanted = open_promises.due_at if open_promises else None
        assert case.promise_due_at == wanted

    def check_causes(self, case: Case) -> None:
        causes = CaseCause.objects.filter(case=case)
        assert causes.filter(is_primary=True).count() == min(causes.count(), 1)

    @invariant()
    def nobody_is_told_twice(self) -> None:
        keys = Notice.objects.values_list("person", "key")
        assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_no_sequence_of_actions_breaks_a_case(place: Place, hands: Hands) -> None:
    start = hands.now
    Machine.place, Machine.hands = place, hands

    class Fresh(Machine):
        def __init__(self) -> None:
            hands.now = start
            super().__init__()

    run_state_machine_as_test(
        Fresh,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
