"""The monitor adds up, whatever happened; the journey counts what was heard."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation, Person
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField, Customer
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Invitation,
    Programme,
    Stream,
    SurveyLink,
    Touchpoint,
    Trigger,
)
from zhiyin.listen.programs.queries.monitor import STEPS, monitor
from zhiyin.listen.programs.queries.rates import needed_for, response_rate
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.surveys.services import create_standard_instrument

REASONS = ("", "global_gap", "outside_pilot", "reserve", "no_address")


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


@pytest.fixture
def programme(organisation: Organisation) -> Programme:
    touchpoint = Touchpoint.objects.create(
        organisation=organisation, code="TP_HALL", name="营业厅", stage="help"
    )
    return Programme.objects.create(
        organisation=organisation, code="TP_HALL", name="营业厅",
        stream=Stream.TRANSACTIONAL, trigger=Trigger.EVENT, touchpoint=touchpoint,
    )  # fmt: skip


@pytest.fixture
def link(organisation: Organisation, programme: Programme) -> SurveyLink:
    return create_link(
        organisation=organisation,
        instrument=create_standard_instrument(organisation=organisation),
        name="x",
        stream=Stream.TRANSACTIONAL,
        touchpoint=programme.touchpoint,
    )


def members(programme: Programme, link: SurveyLink, *, seed: int, count: int) -> None:
    """Make members of any fate: any state, any reason, any way, any step reached."""
    fate = random.Random(seed)  # noqa: S311 a repeatable mess, not a secret
    now, organisation = clock.now(), programme.organisation
    customer = Customer.objects.create(
        organisation=organisation,
        key_hash=f"k{seed}",
        key_masked="138",
        key_encrypted=b"",
    )
    for number in range(count):
        state = fate.choice(FrameState.values)
        sent = None
        if state == FrameState.SENT:
            times = {f"{step}_at": fate.choice([None, now]) for step in STEPS[1:]}
            times["answered_at"] = times["completed_at"]
            sent = Invitation.objects.create(
                organisation=organisation, link=link, token_hash=f"{seed}-{number}",
                channel=fate.choice(["sms", "email", ""]), created_at=now,
                failed_at=fate.choice([None, None, now]), sent_at=now, expires_at=now,
                **times,
            )  # fmt: skip
        FrameMember.objects.create(
            organisation=organisation, programme=programme, customer=customer,
            key=f"{seed}-{number}", stratum=fate.choice(["", "a", "b"]),
            state=state, reason="" if sent else fate.choice(REASONS),
            due_at=now, expires_at=now, created_at=now, invitation=sent,
            attributes={"star": fate.choice(["4", "5"])},
        )  # fmt: skip


@pytest.mark.requirement("R000-28", "R000-59")
def test_frame_is_sent_and_every_reason_whatever_happened(
    programme: Programme, link: SurveyLink, researcher: Client
) -> None:
    for seed in range(12):
        members(programme, link, seed=seed, count=seed * 3)
        found = monitor(programme, days=30)
        assert found.frame == FrameMember.objects.count()
        assert found.reconciles
        for row in (found.total, *found.channels, *found.strata):
            assert row.steps == sorted(row.steps, reverse=True)
    # Somebody forgot an invitation: the customer stays sent and is still counted.
    Invitation.objects.filter(frame_member__isnull=False)[0].delete()
    assert monitor(programme, days=30).reconciles
    page = researcher.get(f"/listen/programmes/{programme.pk}/").content.decode()
    assert "adds up" in page
    assert "asked something else not long ago" in page
    alone = researcher.get(f"/listen/programmes/{programme.pk}/monitor/")
    assert "<html" not in alone.content.decode()


def test_frame_leaves_as_a_stream_with_masked_customers(
    programme: Programme, link: SurveyLink, researcher: Client
) -> None:
    members(programme, link, seed=1, count=30)
    file = researcher.post(f"/listen/programmes/{programme.pk}/frame.csv")
    assert file.streaming
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 30
    assert {row["customer"] for row in rows} == {"138"}
    assert {row["state"] for row in rows} <= set(FrameState.values)


@pytest.mark.requirement("R000-28")
def test_sample_size_waits_for_a_response_rate_of_ones_own(
    programme: Programme, link: SurveyLink, organisation: Organisation
) -> None:
    programme.sampling = {"margin_points": 5, "promoters": 0.5, "detractors": 0.2}
    needed = needed_for(programme)
    # The table of sample sizes: shares .50 and .20 need 938 for +-5.
    assert (needed.answers, needed.invitations, needed.rate) == (938, None, None)
    programme.sampling |= {"response_rate": 0.1}
    assert needed_for(programme).invitations == 9380
    assert not needed_for(programme).is_measured
    now = clock.now()
    Invitation.objects.bulk_create(
        Invitation(
            organisation=organisation, link=link, token_hash=f"r{number}",
            channel="sms", created_at=now, sent_at=now, expires_at=now,
            answered_at=now if number % 4 == 0 else None,
        )
        for number in range(200)
    )  # fmt: skip
    assert response_rate(organisation, "sms").share == pytest.approx(0.25)
    assert needed_for(programme).invitations == 3752
    assert needed_for(programme).is_measured


@pytest.mark.requirement("R000-30", "R002-02")
def test_journey_shows_stages_with_what_was_heard_from_key_users(
    programme: Programme, link: SurveyLink, researcher: Client
) -> None:
    AttributeField.objects.create(
        organisation=programme.organisation,
        code="star",
        label="客户星级",
        kind="category",
    )
    members(programme, link, seed=3, count=40)
    five = FrameMember.objects.filter(attributes__star="5")
    page = researcher.get("/listen/journey/?days=30").content.decode()
    assert "getting help" in page
    sent = FrameMember.objects.filter(state="sent").count()
    assert f"{sent} of 40 sent" in page
    narrowed = researcher.get("/listen/journey/?days=30&field=star&value=5")
    assert f"{five.filter(state='sent').count()} of {five.count()} sent" in (
        narrowed.content.decode()
    )
    assert researcher.get("/listen/journey/?field=nosuch__x&value=5").status_code == 200
