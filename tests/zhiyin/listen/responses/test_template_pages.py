"""Packaged questionnaires as customers see them."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.programs.services import Invitee, create_invitations, create_link
from zhiyin.listen.surveys.queries.standard import load_standard, template_codes
from zhiyin.listen.surveys.services.definitions import ensure_standard_instrument


def link_to(organisation: Organisation, template: str) -> SurveyLink:
    return create_link(
        organisation=organisation,
        instrument=ensure_standard_instrument(
            organisation=organisation,
            standard=template,
        ),
        name=template,
    )


@pytest.mark.requirement("R003-13")
@pytest.mark.parametrize(
    ("template", "attributes", "asked"),
    [
        ("rnps", {}, "您有多大可能會向親友或同事推薦華星？"),
        (
            "nps-product",
            {"product": "全家寬頻"},
            "您有多大可能將全家寬頻推薦給您的朋友？",
        ),
        (
            "nps-service",
            {"service": "上門安裝"},
            "您有多大可能將上門安裝推薦給您的朋友？",
        ),
    ],
)
def test_traditional_chinese_names_the_brand_product_or_service(
    organisation: Organisation,
    client: Client,
    template: str,
    attributes: dict[str, str],
    asked: str,
) -> None:
    organisation.brand = "華星"
    organisation.save()
    link = link_to(organisation, template)
    made = create_invitations(
        link=link,
        invitees=[Invitee("85291234567", attributes)],
    )
    address = f"/s/{link.slug}/{made.tokens[0][1]}/"
    page = client.get(address, {"lang": "zh-hant"}).content.decode()
    assert asked in unescape(page)


# One of each make; the other touchpoints are put together of the same blocks.
OPENED = [
    code
    for code in template_codes()
    if not code.startswith("tp-")
    or code in {"tp-complaint", "tp-plan-change", "tp-cancel"}
]


def test_every_template_can_be_opened(
    organisation: Organisation,
    client: Client,
) -> None:
    for template in OPENED:
        link = link_to(organisation, template)
        response = client.get(f"/s/{link.slug}/", {"lang": "zh-hant"})
        assert response.status_code == 200, template
        page = unescape(response.content.decode())
        assert "{" not in page.partition("<form")[2].partition("</form>")[0], template
        first = load_standard(template)["items"][0]
        start = first["texts"]["zh-hant"]["text"].partition("{")[0].partition("，")[0]
        assert start in page, template
