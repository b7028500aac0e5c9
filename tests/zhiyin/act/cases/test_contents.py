"""What a case holds: files, amounts, urgency, and what is left of it after erasure."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.zhiyin.act.cases.conftest import MONDAY, Hands, Place
from zhiyin.act.cases.models import (
    Case,
    CaseLevel,
    Cause,
    PriorityRule,
)
from zhiyin.act.cases.queries.priority import level_by_rules
from zhiyin.act.cases.services import (
    CaseError,
    Contact,
    Facts,
    Gift,
    attach_file,
    change_level,
    close_case,
    comment_case,
    erase_customer_from_cases,
    load_defaults,
    log_contact,
    open_attachment,
    record_compensation,
    record_facts,
    sweep_files,
)
from zhiyin.common import clock
from zhiyin.listen.contacts.models import Suppression

pytestmark = pytest.mark.usefixtures("in_english")
HOUR = dt.timedelta(hours=1)

USELESS = {
    "page.txt": b"<html><script>alert(1)</script>",
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "program.png": b"MZ\x90\x00\xff\xfe",
    "empty.txt": b"",
}


def test_files_too_large_or_of_no_use_are_refused(place: Place) -> None:
    case = place.open()
    large = b"\x89PNG\r\n\x1a\n" + bytes(20 * 1024 * 1024)
    sent = [("big.png", large, "10 MB; this one has 20")]
    # What was said of the size may be a lie: then it is read no further than that.
    sent += [("lie.png", large, "10 MB")]
    sent += [(name, content, name) for name, content in USELESS.items()]
    for name, content, said in sent:
        size = 1 if name == "lie.png" else len(content)
        chunks = (content[at : at + 65536] for at in range(0, len(content), 65536))
        with pytest.raises(CaseError, match=said):
            attach_file(case=case, by=place.agent, name=name, size=size, chunks=chunks)
    assert not case.attachments.exists()


def test_a_file_is_kept_by_what_it_is_and_not_by_what_it_is_called(
    place: Place, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = place.open()
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    kept = attach_file(
        case=case,
        by=place.agent,
        name="../../etc/账单.exe",
        size=10,
        chunks=[sheet.getvalue()],
    )
    assert kept.name == "账单.exe"
    assert kept.kind.endswith("spreadsheetml.sheet")
    with open_attachment(kept) as file:
        assert file.read() == sheet.getvalue()
    erase_customer_from_cases(customer=place.customer)


def test_files_that_no_case_knows_are_swept_after_a_day(place: Place) -> None:
    case = place.open()
    kept = attach_file(case=case, by=place.agent, name="a.txt", size=2, chunks=[b"ok"])
    home = Path(settings.MEDIA_ROOT)
    folder = (home / kept.path).parent
    stray, fresh = folder / "stray.part", folder / "fresh"
    for path in (stray, fresh):
        path.write_bytes(b"x")
    long_ago = clock.now().timestamp() - 2 * 24 * 3600
    for path in (stray, home / kept.path):
        os.utime(path, (long_ago, long_ago))
    sweep_files()
    assert sorted(folder.iterdir()) == sorted([fresh, home / kept.path])


def test_compensation_is_an_amount_with_a_reason(place: Place) -> None:
    case = place.open()
    for wrong in (Gift("money", "ten", "误工"), Gift("money", "-1", "误工")):
        with pytest.raises(CaseError, match="amount"):
            record_compensation(case=case, by=place.agent, gift=wrong)
    given = Gift("bill_credit", "50", "两天断网")
    record_compensation(case=case, by=place.agent, gift=given)
    assert [str(each) for each in case.compensations.all()] == ["50.00 CNY"]


def test_a_level_by_hand_counts_from_the_beginning(place: Place, hands: Hands) -> None:
    case = place.open(level="P3")
    hands.on(hours=3)
    urgent = CaseLevel.objects.get(organisation=place.organisation, code="P1")
    change_level(case=case, level=urgent, by=place.network_lead, reason="二次投诉")
    # Monday at ten: four working hours later it is two in the afternoon.
    assert case.contact_by == MONDAY + 4 * HOUR
    assert case.resolve_by == MONDAY + 48 * HOUR


URGENCY: list[tuple[dict[str, object], str]] = [
    ({"score": 2, "value_tier": "高价值"}, "P1"),
    ({"score": 3, "is_repeat_complaint": True}, "P1"),
    ({"score": 3, "mnp_state": "query"}, "P1"),
    ({"score": 3, "is_repeat_complaint": False}, "P2"),
    ({"score": 6, "star": "五星"}, "P2"),
    ({"score": 5}, "P3"),
    ({"score": 5, "network": "5G", "star": "三星"}, "P2"),
    ({"score": 5, "network": "5G", "star": "一星"}, "P3"),
    ({"score": 3, "network": "4G", "star": "四星"}, "P1"),
    ({"score": 8, "has_text": True}, "P4"),
    ({"score": 10, "network": "5G", "star": "五星"}, "PR"),
    ({}, "P4"),
]


def test_a_case_is_as_urgent_as_it_is_severe_valuable_and_repeated(
    place: Place,
) -> None:
    levels = list(CaseLevel.objects.of(place.organisation))
    rules = list(PriorityRule.objects.of(place.organisation).select_related("level"))
    found = [(facts, level_by_rules(levels, rules, facts)) for facts, _level in URGENCY]
    assert [(facts, str(level)) for facts, level in found] == URGENCY


def test_praise_is_passed_on_and_closed_without_a_cause(place: Place) -> None:
    case = place.open(level="PR")
    assert not Suppression.objects.exists()
    close_case(case=case, by=place.agent)
    assert (case.state, case.outcome) == ("closed", "resolved")


def test_loading_the_defaults_again_changes_nothing(place: Place) -> None:
    trees = Cause.objects.filter(organisation=place.organisation, level=1)
    assert trees.count() == 11
    trees.filter(code="NET").update(names={"zh-hans": "网"})
    assert load_defaults(organisation=place.organisation) == 0
    assert str(trees.get(code="NET")) == "网"


def test_an_erased_customer_leaves_numbers_and_no_words(
    place: Place, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = place.open()
    secret = "我家住在幸福路8号"
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached", secret))
    comment_case(case=case, by=place.agent, text=secret)
    record_facts(case=case, by=place.agent, facts=Facts(action_taken=secret))
    attach_file(
        case=case, by=place.agent, name="a.txt", size=9, chunks=[secret.encode()]
    )
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer_from_cases(customer=place.customer)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    kept = Case.objects.get(pk=case.pk)
    words = [kept.summary, kept.action_taken, *kept.attempts.values_list("note")]
    words += [*kept.events.values_list("text", "detail"), *kept.comments.all()]
    assert secret not in str(words)
    assert (kept.customer, kept.contacted_at) == (None, case.contacted_at)
