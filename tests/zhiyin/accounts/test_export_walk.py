"""Every address that hands out a file enters it in the register, or says why not."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.zhiyin.exports import NO_EXPORTS
from tests.zhiyin.strangers import registered
from zhiyin.accounts.models import ExportRecord, Organisation, Role
from zhiyin.accounts.services import add_person

CALLED = re.compile("export|download|csv|xlsx|reject|proof|copy|copies|qr|chart|file")
# Pages of that name, which hand out no file.
PAGES = {"exports", "export_limits", "profile", "import_profiles", "privacy-proof"}
PAGES |= {"import_profile_delete"}
# Empty here; the tests of their own apps look at what they write.
ELSEWHERE = {"import_rejected", "privacy-copy", "export"}


def is_a_file(response: HttpResponse) -> bool:
    return response.status_code == 200 and "Content-Disposition" in response


@pytest.mark.django_db
def test_every_address_that_hands_out_a_file_writes_the_register(
    organisation: Organisation,
) -> None:
    person = add_person(
        organisation=organisation, email="all@walk.example", name="all", roles=[*Role]
    )
    client = Client()
    client.force_login(person)
    unwritten, files = [], set()
    for name, address in registered().items():
        if not CALLED.search(name) or name in PAGES | ELSEWHERE:
            continue
        path = address.path(organisation)
        for ask in (client.get, client.post):
            before = ExportRecord.objects.count()
            if not is_a_file(ask(path)):
                continue
            files.add(name)
            if ExportRecord.objects.count() == before and name not in NO_EXPORTS:
                unwritten.append(name)

    assert unwritten == []
    # Each is really asked for its file, else the walk would prove nothing.
    assert files >= {
        "api-v1:export_responses", "cases-export", "cleaning-export",
        "contacts-export", "customers-export", "export_audit", "export_departments",
        "loop-export", "programme-export",
    }  # fmt: skip


def test_no_reason_stands_for_an_address_that_is_gone() -> None:
    assert NO_EXPORTS.keys() | PAGES | ELSEWHERE <= registered().keys()
