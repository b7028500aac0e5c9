"""Which questions a customer meets: branches, skips, slots, quotas, anonymity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tests.zhiyin.listen.responses.conftest import stamp_of
from tests.zhiyin.listen.responses.questionnaires import NPS, fact, item, options
from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import Invitation, Stream, SurveyLink, Touchpoint
from zhiyin.listen.programs.services import Invitee, create_invitations
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion

GiveScore = Callable[..., str]
Only = Callable[[], Response]
MakeLink = Callable[..., SurveyLink]


@pytest.mark.requirement("R003-15")
def test_follow_ups_branch_by_score_and_touchpoint_and_hidden_answers_go_at_the_end(
    client: Client,
    organisation: Organisation,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    hotline = Touchpoint.objects.create(
        organisation=organisation,
        code="TP_HOTLINE",
        name="热线",
    )
    link = link_to(
        NPS,
        item("why", "text", shown_if=fact("answer.nps", "at_most", 6), page=2),
        item(
            "agent",
            "choice",
            wording=options("rude", "slow"),
            shown_if={
                "all": [
                    fact("class", "is", "detractor"),
                    fact("touchpoint", "is", "TP_HOTLINE"),
                ],
            },
            is_actionable=True,
            page=3,
        ),
        item("shop", "text", shown_if=fact("touchpoint", "is", "TP_SHOP"), page=3),
        through={"stream": Stream.TRANSACTIONAL, "touchpoint": hotline},
    )
    version = InstrumentVersion.objects.get(instrument=link.instrument)
    assert version.items.get(is_actionable=True).code == "agent"
    following = give_score(client, f"/s/{link.slug}/", 2)
    third = client.post(following, {"item-why": "没人接"})["Location"]
    page = client.get(third).content.decode()
    assert "item-agent" in page
    assert "item-shop" not in page
    # Back to the score: now a promoter, whom neither question concerns.
    back = client.post(third, {"item-agent": "slow", "way": "back"})["Location"]
    assert "没人接" in client.get(back).content.decode()
    base = back.split("more/")[0]
    give_score(client, base, 10)
    # Until the answer is complete nothing is lost: it may have been a slip.
    assert only_response().answers.count() == 3
    assert client.get(f"{base}more/")["Location"].split("?")[0] == f"{base}thanks/"
    give_score(client, base, 3)
    client.post(following, {"item-why": "没人接"})
    assert client.post(third, {"item-agent": "rude"}).status_code == 303
    assert {a.item for a in only_response().answers.all()} == {"nps", "why", "agent"}


def test_answer_brings_up_a_question_on_the_same_page_and_drops_it_again(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    link = link_to(
        NPS,
        item("ok", "yes_no"),
        item(
            "why",
            "text",
            is_required=True,
            shown_if=fact("answer.ok", "is", "no"),
        ),
    )
    following = give_score(client, f"/s/{link.slug}/", 8)
    assert "item-why" not in client.get(following).content.decode()
    same = client.post(following, {"item-ok": "no"})["Location"]
    assert "item-why" in client.get(same).content.decode()
    assert client.post(same, {"item-ok": "no"}).status_code == 400
    assert "thanks" in client.post(same, {"item-ok": "no", "item-why": "x"})["Location"]
    assert only_response().answers.count() == 3
    assert "thanks" in client.post(same, {"item-ok": "yes"})["Location"]
    assert {a.item for a in only_response().answers.all()} == {"nps", "ok"}


def test_skip_rule_passes_over_pages(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
) -> None:
    skips = [{"if": fact("answer.used", "is", "no"), "to": "end"}]
    link = link_to(
        NPS,
        item("used", "yes_no", settings={"skips": skips}, page=2),
        item("how", "text", page=3),
    )
    following = give_score(client, f"/s/{link.slug}/", 8)
    assert "/more/3/" in client.post(following, {"item-used": "yes"})["Location"]
    assert "/thanks/" in client.post(following, {"item-used": "no"})["Location"]


def test_single_question_is_complete_with_its_click(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    link = link_to(NPS)
    assert "/thanks/" in give_score(client, f"/s/{link.slug}/", 9)
    assert only_response().completed_at is not None


def test_questionnaire_that_opens_with_a_page_begins_with_its_first_answer(
    client: Client,
    link_to: MakeLink,
    patient: None,
    only_response: Only,
) -> None:
    link = link_to(
        item("place", "choice", wording=options("home", "work"), is_required=True),
        item("sat", "csat", scale=[1, 5], is_primary=True, page=2),
    )
    address = f"/s/{link.slug}/"
    stamp = stamp_of(client.get(address))
    assert client.post(address, {"stamp": stamp}).status_code == 400
    assert client.post(address, {"item-place": "home"}).status_code == 400
    assert not Response.objects.exists()
    sent = client.post(address, {"stamp": stamp, "item-place": "home"})
    assert only_response().completed_at is None
    assert only_response().answers.get().choices == ["home"]
    assert client.post(sent["Location"], {"item-sat": "4"}).status_code == 303
    response = only_response()
    assert response.completed_at is not None
    assert response.answers.get(is_primary=True).score == 4


def test_texts_quote_what_is_known_escaped_and_without_braces(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
) -> None:
    link = link_to(
        NPS,
        item("place", "choice", wording=options("home"), page=2),
        item("words", "text", page=2),
        item(
            "more",
            "text",
            "{brand}在{answer.place}，您说“{answer.words}”，给了{answer.nps}分{nobody}",
            page=3,
        ),
        brand="华星",
    )
    following = give_score(client, f"/s/{link.slug}/", 8)
    sent = {"item-place": "home", "item-words": "<b>{brand}</b>"}
    third = client.get(client.post(following, sent)["Location"]).content.decode()
    said = "华星在选项home，您说“&lt;b&gt;{brand}&lt;/b&gt;”，给了8分</label>"
    assert said in third


def test_quota_takes_no_more_than_its_limit_and_says_so_politely(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
) -> None:
    link = link_to(
        NPS,
        item("city", "choice", wording=options("cd", "bj"), page=2),
        item("why", "text", page=3),
        quotas=[
            {"code": "cd", "name": "cd", "if": fact("answer.city", "is", "cd")}
            | {"limit": 1},
            {"code": "all", "name": "all", "if": {}, "limit": 2},
        ],
    )

    def answer(city: str) -> str:
        following = give_score(client, f"/s/{link.slug}/", 9)
        third = client.post(following, {"item-city": city})["Location"]
        if "thanks" in third:
            return client.get(third).content.decode()
        return client.get(client.post(third, {})["Location"]).content.decode()

    assert "谢谢" in answer("cd")
    assert "回答已经足够" in answer("cd")
    assert "谢谢" in answer("bj")
    kept = Response.objects.order_by("pk").values_list("excluded", flat=True)
    assert list(kept) == ["", "quota_full", ""]
    # The quota that concerns everybody is full: nobody else is asked at all.
    closed = client.get(f"/s/{link.slug}/")
    assert "回答已经足够" in closed.content.decode()
    # A place is free again once an answer does not count any more.
    Response.objects.filter(pk=kept.order_by("pk").values("pk")[0]["pk"]).update(
        excluded="test",
    )
    assert "回答已经足够" not in client.get(f"/s/{link.slug}/").content.decode()


def test_invitation_knows_when_it_was_opened_begun_and_finished(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
) -> None:
    link = link_to(NPS, item("why", "text", page=2))
    made = create_invitations(link=link, invitees=[Invitee("13800138000", {})])
    address = f"/s/{link.slug}/{made.tokens[0][1]}/"
    client.head(address)
    assert Invitation.objects.get().opened_at is None
    client.get(address)
    opened = Invitation.objects.get()
    assert opened.opened_at is not None
    assert opened.started_at is None
    following = give_score(client, address, 4)
    begun = Invitation.objects.get()
    assert begun.opened_at == opened.opened_at
    assert begun.started_at is not None
    assert begun.completed_at is None
    client.post(following, {"item-why": "x"})
    assert Invitation.objects.get().completed_at is not None


def test_anonymous_answer_cannot_be_tied_to_anybody_even_by_writing_to_the_database(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    link = link_to(NPS, item("why", "text", page=2), anonymous=True)
    made = create_invitations(
        link=link,
        invitees=[Invitee("13800138000", {"部门": "客服"})],
    )
    address = f"/s/{link.slug}/{made.tokens[0][1]}/"
    assert "本问卷匿名" in client.get(f"{address}privacy/").content.decode()
    following = give_score(client, address, 4)
    assert made.tokens[0][1] not in following
    assert "/thanks/" in client.post(following, {"item-why": "加班"})["Location"]
    response = only_response()
    assert response.comment == "加班"
    assert (response.customer, response.invitation, response.attributes) == (
        None,
        None,
        {},
    )
    invitation = Invitation.objects.get()
    for moment in (
        response.responded_at,
        response.started_at,
        response.completed_at,
        response.received_at,
        invitation.answered_at,
        invitation.opened_at,
        invitation.started_at,
    ):
        assert moment.time() == dt.time(0)
    # The link takes one answer; which one is known to nobody.
    assert "您已经回答过了" in client.get(address).content.decode()
    rows = Response.objects.filter(pk=response.pk)
    for change in (
        {"customer": Customer.objects.get()},
        {"invitation": invitation},
        {"attributes": {"phone": "13800138000"}},
        {"employee": "A1"},
        {"responded_at": response.responded_at + dt.timedelta(hours=3)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Instrument.objects.filter(pk=link.instrument_id).update(is_anonymous=False)


def test_order_drawn_for_a_visit_stays_through_a_refused_page(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
) -> None:
    codes = [f"o{n}" for n in range(8)]
    link = link_to(
        NPS,
        item(
            "many",
            "multiple",
            wording=options(*codes),
            settings={"is_shuffled": True, "most": 1},
            page=2,
        ),
    )
    orders = set()
    for _ in range(4):
        following = give_score(client, f"/s/{link.slug}/", 8)
        first = client.get(following).content.decode()
        refused = client.post(following, {"item-many": codes}).content.decode()
        order = sorted(codes, key=lambda c: first.index(f'value="{c}"'))
        assert order == sorted(codes, key=lambda c: refused.index(f'value="{c}"'))
        orders.add(tuple(order))
    assert len(orders) > 1


def test_page_changes_at_once_when_its_link_brand_or_wording_changes(
    client: Client,
    link: SurveyLink,
) -> None:
    address = f"/s/{link.slug}/?lang=zh-hans"
    assert "华星" in client.get(address).content.decode()
    stamps = {stamp_of(client.get(address)) for _ in range(3)}
    assert len(stamps) == 3
    Organisation.objects.filter(pk=link.organisation_id).update(brand="新星")
    assert "新星" in client.get(address).content.decode()
    SurveyLink.objects.filter(pk=link.pk).update(is_open=False)
    assert client.get(address).status_code == 410
    Instrument.objects.filter(pk=link.instrument_id).update(is_archived=True)
    SurveyLink.objects.filter(pk=link.pk).update(is_open=True)
    assert client.get(address).status_code == 410


def test_answering_takes_few_statements(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    django_assert_max_num_queries: Any,
) -> None:
    address = f"/s/{link.slug}/"
    give_score(client, address, 9)
    with django_assert_max_num_queries(1):
        stamp = stamp_of(client.get(address))
    with django_assert_max_num_queries(6):
        sent = client.post(address, {"score": 9, "stamp": stamp})
    with django_assert_max_num_queries(2):
        client.get(sent["Location"])
    with django_assert_max_num_queries(6):
        done = client.post(sent["Location"], {"item-why_promoter": "好"})
    with django_assert_max_num_queries(2):
        client.get(done["Location"])
