"""A published questionnaire, a link to it, and the steps of somebody who answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation
from zhiyin.listen.programs.models import Stream, SurveyLink, Touchpoint
from zhiyin.listen.programs.services import (
    Invitee,
    create_invitations,
    create_link,
)
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import (
    create_instrument,
    create_standard_instrument,
    publish_version,
)

STAMP = re.compile(r'name="stamp" value="([^"]+)"')


@pytest.fixture
def link(organisation: Organisation) -> SurveyLink:
    instrument = create_standard_instrument(organisation=organisation)
    return create_link(
        organisation=organisation,
        instrument=instrument,
        name="官网",
    )


@pytest.fixture
def hotline_link(organisation: Organisation) -> SurveyLink:
    instrument = create_standard_instrument(
        organisation=organisation,
        standard="nps-transactional",
    )
    touchpoint = Touchpoint.objects.create(
        organisation=organisation,
        code="TP_HOTLINE",
        name="客服热线",
        names={"zh-hans": "客服热线", "zh-hant": "客服熱線", "en": "hotline call"},
    )
    return create_link(
        organisation=organisation,
        instrument=instrument,
        name="热线",
        stream=Stream.TRANSACTIONAL,
        touchpoint=touchpoint,
        channel="sms",
    )


@pytest.fixture
def personal(link: SurveyLink) -> Callable[..., str]:
    """Make a personal link and return its address."""

    def make(key: str = "13800138000", **settings: Any) -> str:
        attributes = settings.pop("attributes", {})
        made = create_invitations(
            link=link,
            invitees=[Invitee(key, attributes)],
            **settings,
        )
        return f"/s/{link.slug}/{made.tokens[0][1]}/"

    return make


@pytest.fixture
def link_to(organisation: Organisation) -> Callable[..., SurveyLink]:
    """Publish a questionnaire of these items and return a link to it."""

    def make(*items: dict[str, Any], **more: Any) -> SurveyLink:
        anonymous = more.pop("anonymous", False)
        through = more.pop("through", {})
        page = {"thanks": "谢谢", "next": "我们会看。"}
        definition = {
            "code": "made",
            "name": "问卷",
            "items": list(items),
            "texts": {"zh-hans": page, "en": page},
            **more,
        }
        made = create_instrument(
            organisation=organisation,
            definition=definition,
            publish=False,
        )
        Instrument.objects.filter(pk=made.pk).update(is_anonymous=anonymous)
        version = made.versions.get()
        version.languages = ["zh-hans", "en"]
        version.save(update_fields=["languages"])
        publish_version(version=version, has_read=True)
        made.refresh_from_db()
        return create_link(
            organisation=organisation,
            instrument=made,
            name="链接",
            **through,
        )

    return make


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a form be read for no time at all, where speed is not the subject."""
    monkeypatch.setattr("zhiyin.listen.responses.views.answering.LEAST_SECONDS", 0.0)


def stamp_of(page: Any) -> str:
    found = STAMP.search(page.content.decode())
    assert found, page.content.decode()[:500]
    return found.group(1)


@pytest.fixture
def give_score(patient: None) -> Callable[..., Any]:
    """Open an address, click a score, and return the answer's further address."""

    def give(client: Client, address: str, score: int, **extra: Any) -> str:
        page = client.get(address)
        sent = {"score": score, "stamp": stamp_of(page), **extra}
        answered = client.post(address, sent)
        assert answered.status_code == 303, answered.content.decode()
        return str(answered["Location"])

    return give


@pytest.fixture
def only_response() -> Callable[[], Response]:
    def find() -> Response:
        return Response.objects.get()

    return find


__all__ = ["stamp_of"]
