"""Waves: their frame, sample, turns, rest, quotas, lock; through pages and worker."""

from __future__ import annotations

import datetime as dt
import html
import zoneinfo
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.accounts.services import add_department
from zhiyin.channels.models import ChannelAccount
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Invitation,
    Programme,
    Stream,
    SurveyLink,
    Trigger,
    Wave,
)
from zhiyin.listen.programs.queries.monitor import monitor
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.programs.services.quotas import tend_quotas
from zhiyin.listen.programs.services.waves import draw_frame, tend_waves
from zhiyin.listen.surveys.services import create_standard_instrument

EACH = 40


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


@pytest.fixture
def cities(organisation: Organisation) -> list[Department]:
    return [
        add_department(organisation=organisation, code=code, name=name)
        for code, name in (("cd", "成都"), ("my", "绵阳"))
    ]


@pytest.fixture
def customers(organisation: Organisation, cities: list[Department]) -> list[Customer]:
    """Forty in each city; one test number, one of the staff, three of dealers."""
    made = [
        Customer(
            organisation=organisation,
            key_hash=f"h{number:03}",
            key_masked=f"138****{number:03}",
            key_encrypted=b"x",
            department=cities[number % 2],
            is_test=number == 0,
            is_staff=number == 2,
            audience="dealer" if number in {4, 6, 8} else "consumer",
        )
        for number in range(2 * EACH)
    ]
    return list(Customer.objects.bulk_create(made))


@pytest.fixture
def programme(organisation: Organisation, customers: list[Customer]) -> Programme:
    account = ChannelAccount.objects.create(
        organisation=organisation, kind="log", name="test sender"
    )
    return Programme.objects.create(
        organisation=organisation,
        code="RNPS",
        name="移动RNPS",
        stream=Stream.RELATIONSHIP,
        trigger=Trigger.WAVE,
        instrument=create_standard_instrument(organisation=organisation),
        account=account,
        cadence="quarterly",
        strata=["customer.department"],
        sampling={"audience": "consumer", "size": 20},
        is_live=True,
    )


@pytest.fixture
def wave(programme: Programme) -> Wave:
    assert tend_waves() is True
    assert tend_waves() is False
    return Wave.objects.get()


def states(wave: Wave) -> Counter[str]:
    return Counter(wave.frame.values_list("state", flat=True))


def answer(members: Any, link: SurveyLink) -> None:
    """Let these members have been sent an invitation and have answered it."""
    now = clock.now()
    for one in members:
        one.invitation = Invitation.objects.create(
            organisation=link.organisation, link=link, customer=one.customer,
            token_hash=f"t{one.pk}", channel="sms", created_at=now, sent_at=now,
            answered_at=now, completed_at=now,
        )  # fmt: skip
        one.state = FrameState.SENT
        one.save()


@pytest.mark.requirement("R000-33", "R002-13")
def test_wave_of_the_quarter_draws_its_sample_in_strata_and_counts_all_others(
    wave: Wave, researcher: Client, programme: Programme
) -> None:
    counts = wave.frame_counts
    assert counts["customers"] == 2 * EACH
    assert counts["left_out"] == {
        "test_number": 1, "own_staff": 1, "other_audience": 3,
    }  # fmt: skip
    assert counts["frame"] == 2 * EACH - 5
    # 35 and 40 customers share 20 invitations in proportion.
    assert {n: one["wanted"] for n, one in counts["strata"].items()} == {
        "成都": 9, "绵阳": 11,
    }  # fmt: skip
    assert states(wave) == {"waiting": 20, "not_sampled": 20}
    assert counts["frame"] == wave.frame.count() + counts["not_drawn"]
    page = html.unescape(researcher.get(f"/listen/waves/{wave.pk}/").content.decode())
    assert "another audience" in page
    assert "adds up" in page
    counted = researcher.get(f"/listen/programmes/{programme.pk}/frame/")
    assert "own staff" in counted.content.decode()


def test_drawing_again_after_a_crash_draws_the_same(
    wave: Wave, programme: Programme
) -> None:
    drawn = set(wave.frame.values_list("customer", "state"))
    # The worker died after the first half, before it could say so.
    half = list(wave.frame.order_by("pk").values_list("pk", flat=True)[20:])
    FrameMember.objects.filter(pk__in=half).delete()
    Wave.objects.update(
        frame_built_at=None, frame_claimed_at=clock.now() - dt.timedelta(hours=1)
    )
    assert tend_waves() is True
    wave.refresh_from_db()
    assert set(wave.frame.values_list("customer", "state")) == drawn
    assert wave.frame_built_at is not None


def test_spread_wave_gives_every_customer_a_weekday_morning_of_their_own(
    programme: Programme, organisation: Organisation
) -> None:
    programme.cadence, programme.cadence_days, programme.sampling = "spread", 28, {}
    programme.strata = []
    programme.save()
    assert tend_waves() is True
    wave = Wave.objects.get()
    assert (wave.ends_on - wave.starts_on).days == 27
    zone = zoneinfo.ZoneInfo(organisation.time_zone)
    turns = [at.astimezone(zone) for at in wave.frame.values_list("due_at", flat=True)]
    assert len(turns) == 2 * EACH - 2
    assert len({at.date() for at in turns}) > 10
    assert {at.weekday() for at in turns} <= set(range(5))
    assert {at.hour for at in turns} <= {9, 10, 11}


def test_customer_who_was_asked_rests_in_the_next_wave(
    wave: Wave, programme: Programme
) -> None:
    FrameMember.objects.filter(state=FrameState.WAITING).update(state=FrameState.SENT)
    asked = set(
        wave.frame.filter(state=FrameState.SENT).values_list("customer", flat=True)
    )
    programme.sampling |= {"rest_waves": 1, "size": 0}
    programme.save()
    following = Wave.objects.create(
        organisation=wave.organisation, programme=programme, code="next", name="next",
        starts_on=wave.ends_on + dt.timedelta(1),
        ends_on=wave.ends_on + dt.timedelta(90),
    )  # fmt: skip
    draw_frame(wave=following)
    assert following.frame_counts["left_out"]["rests"] == len(asked) == 20
    assert not asked & set(following.frame.values_list("customer", flat=True))


@pytest.mark.requirement("R000-33")
def test_replacement_comes_from_the_reserve_and_a_full_quota_stops_its_stratum(
    wave: Wave, programme: Programme, researcher: Client
) -> None:
    link = create_link(
        organisation=wave.organisation, instrument=programme.instrument, name="x"
    )
    first = wave.frame.filter(stratum="成都", state=FrameState.WAITING)[:2]
    FrameMember.objects.filter(pk__in=[one.pk for one in first]).update(
        state=FrameState.BLOCKED, reason="global_gap"
    )
    assert tend_quotas() is True
    in_cd = wave.frame.filter(stratum="成都")
    assert in_cd.filter(state=FrameState.WAITING).count() == 9
    assert in_cd.filter(reason="reserve").count() == 7
    programme.quotas = [{"stratum": "绵阳", "wanted": 3}]
    programme.save()
    answer(wave.frame.filter(stratum="绵阳", state=FrameState.WAITING)[:3], link)
    tend_quotas()
    stopped = wave.frame.filter(stratum="绵阳", reason="quota_full")
    assert stopped.count() == 8
    assert wave.frame.filter(stratum="成都", reason="quota_full").count() == 0
    assert tend_quotas() is False
    page = researcher.get(f"/listen/waves/{wave.pk}/?rate=20&left=5").content.decode()
    assert '<progress class="zp-bar" max="100" value="100">' in page
    assert "Answers at this rate" in page
    assert monitor(programme, wave).reconciles


@pytest.mark.requirement("R002-13")
def test_names_of_a_locked_wave_are_hidden_from_the_departments_it_assesses(
    wave: Wave,
    cities: list[Department],
    researcher: Client,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    wave.locked_until = clock.now() + dt.timedelta(days=10)
    wave.save()
    address = f"/listen/waves/{wave.pk}/"
    assessed = client_of(person_with("researcher", language="en", department=cities[0]))
    page = assessed.get(address).content.decode()
    assert "138****" not in page
    assert "your department is assessed" in page
    file = assessed.post(
        f"/listen/programmes/{wave.programme_id}/frame.csv?wave={wave.pk}"
    )
    assert b"138****" not in b"".join(file.streaming_content)
    assert "138****" in researcher.get(address).content.decode()
    Wave.objects.update(locked_until=clock.now())
    mine = assessed.get(address).content.decode()
    assert "成都" in mine.split("Customers drawn")[1]
    assert "绵阳" not in mine.split("Customers drawn")[1]


def test_wave_links_to_the_comparison_with_the_one_before(
    wave: Wave, researcher: Client
) -> None:
    Wave.objects.create(
        organisation=wave.organisation, programme=wave.programme, code="before",
        name="before", starts_on=wave.starts_on - dt.timedelta(90),
        ends_on=wave.starts_on - dt.timedelta(1),
    )  # fmt: skip
    page = html.unescape(researcher.get(f"/listen/waves/{wave.pk}/").content.decode())
    assert f"between=wave&a={wave.code}&b=before" in page


@pytest.mark.requirement("R000-12", "R000-59")
def test_gates_are_passed_one_after_the_other_by_a_person_and_taken_back(
    wave: Wave, researcher: Client, programme: Programme
) -> None:
    address = f"/listen/programmes/{programme.pk}/gates/"
    ticks = {"check": ["purpose", "neutral", "length", "languages"]}
    early = researcher.post(address, {"gate": "frame"}, follow=True)
    assert "Pass the gates before it first" in early.content.decode()
    half = researcher.post(
        address, {"gate": "design", "check": ["length"]}, follow=True
    )
    assert "Tick every point" in half.content.decode()
    researcher.post(address, {"gate": "design", "note": "read aloud", **ticks})
    four = {"check": ["who", "left_out", "when", "size"]}
    researcher.post(address, {"gate": "frame", **four})
    fieldwork = {"gate": "fieldwork", "check": ["monitor", "quota", "conduct"]}
    nobody = researcher.post(address, fieldwork, follow=True).content.decode()
    assert "Somebody was asked." in nobody
    signed = programme.sign_offs.get(gate="design")
    assert (signed.note, signed.signed_by.name) == ("read aloud", "researcher 1")
    researcher.post(address, {"gate": "design", "withdraw": "1"})
    assert programme.sign_offs.filter(withdrawn_at=None).count() == 0
    page = researcher.get(address).content.decode()
    assert "researcher 1" in page
