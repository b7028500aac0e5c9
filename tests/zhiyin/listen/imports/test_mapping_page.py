"""What the columns mean: guesses, refusals, profiles."""

from __future__ import annotations

import pytest

from tests.zhiyin.listen.imports.conftest import Desk
from zhiyin.accounts.models import Department, Organisation
from zhiyin.listen.imports.models import Import, ImportStatus, MappingProfile
from zhiyin.listen.programs.models import Touchpoint, Wave
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import Instrument

ONE_TO_TEN = "推荐意愿,地区\n" + "".join(
    f"{1 + place % 10},东\n" for place in range(200)
)


def messages(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_column_from_one_to_ten_is_offered_as_satisfaction_and_not_as_nps(
    desk: Desk,
) -> None:
    batch = desk.received(("csat.csv", ONE_TO_TEN))
    page = desk.page(batch, "columns")
    assert 'value="csat:1-10" selected' in page
    assert 'value="nps:0-10"' not in page
    refused = desk.map(batch, date="2026-05-01", **{"metric-0": "nps:0-10"})
    assert "属于满意度而不是 NPS" in messages(refused)
    assert not refused.redirect_chain
    sworn = {"metric-0": "nps:0-10", "zero-0": "on"}
    assert desk.map(batch, date="2026-05-01", **sworn).redirect_chain


def test_one_to_ten_is_imported_with_its_own_scale(desk: Desk) -> None:
    desk.run(("csat.csv", ONE_TO_TEN))
    answer = Response.objects.first().answers.get(is_primary=True)
    assert (answer.kind, answer.scale_min, answer.scale_max) == ("csat", 1, 10)


def test_guesses_come_with_their_reason(desk: Desk) -> None:
    told = "".join(f"{n % 11},第{n}次来办业务等得有些久\n" for n in range(40))
    batch = desk.received(("a.csv", f"NPS,意见\n{told}"))
    page = desk.page(batch, "columns")
    assert "表头含“nps”" in page
    assert "表头含“意见”" in page


def test_mapping_without_a_score_is_refused(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps\n9\n0\n"))
    response = desk.map(batch, date="2026-05-01", **{"role-0": "ignore"})
    assert "没有得分列" in messages(response)


def test_role_given_twice_is_refused_and_the_choices_are_kept(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps,a,b\n9,1,2\n0,2,3\n"))
    roles = {"role-1": "weight", "role-2": "weight"}
    response = desk.map(batch, date="2026-05-01", **roles)
    page = messages(response)
    assert "只能有一列" in page
    assert page.count('<option value="weight" selected>') == 2


def test_time_must_be_said(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps\n9\n0\n"))
    assert "什么时候作答" in messages(desk.map(batch))


def test_ambiguous_dates_must_be_settled(desk: Desk) -> None:
    told = "date,nps\n" + "03/04/2026,9\n05/06/2026,0\n" * 10
    batch = desk.received(("d.csv", told))
    assert "日在前还是月在前" in messages(desk.map(batch))
    desk.map(batch, date_order="dmy")
    desk.start(batch)
    days = {r.responded_at.date().isoformat() for r in Response.objects.all()}
    assert days == {"2026-04-02", "2026-06-04"}


def test_other_scale_needs_its_ends(desk: Desk) -> None:
    batch = desk.received(("a.csv", "满意度\n3\n4\n"))
    ends = {"metric-0": "csat:other", "min-0": "4", "max-0": "1"}
    response = desk.map(batch, date="2026-05-01", **ends)
    assert "较小的整数" in messages(response)
    desk.map(batch, date="2026-05-01", **(ends | {"min-0": "1", "max-0": "4"}))
    assert desk.start(batch).rows_accepted == 2


def test_changed_role_is_drawn_with_its_settings(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps,满意度\n9,5\n0,1\n"))
    response = desk.map(batch, update="1", **{"role-1": "score", "metric-1": None})
    assert 'name="metric-1"' in messages(response)
    batch.refresh_from_db()
    assert batch.mapping == {}


def test_touchpoints_departments_and_waves_are_tied(
    desk: Desk, organisation: Organisation
) -> None:
    Touchpoint.objects.create(organisation=organisation, code="HALL", name="营业厅")
    department = Department.objects.create(
        organisation=organisation, code="D1", name="城东", path="/1/"
    )
    told = "nps,触点,部门\n9,营业厅,D1\n0,宽带安装,D1\n5,,XX\n"
    batch = desk.run(
        ("t.csv", told),
        wave="2026-H1",
        **{"role-1": "touchpoint", "role-2": "department"},
    )
    assert batch.tally["rejected"] == {"no_department": 1}
    first, second = Response.objects.order_by("pk")
    assert (first.touchpoint, first.department) == ("HALL", department)
    made = Touchpoint.objects.get(name="宽带安装")
    assert second.touchpoint == made.code
    wave = Wave.objects.get(code="2026-H1")
    assert wave.starts_on.isoformat() == "2026-05-01"


def test_summary_shows_what_will_happen_before_the_button(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps,意见\n9,好\n0,差\n11,\nbad,\n"))
    desk.map(batch, date="2026-05-01", **{"missing-0": "11"})
    page = desk.page(batch, "review")
    assert "代码 11: 1" in page
    assert "不是数字: 1" in page
    assert "导入后的答卷示例" in page
    assert Response.objects.count() == 0


@pytest.mark.requirement("R002-27")
def test_profile_brings_next_years_file_home(desk: Desk) -> None:
    first = desk.received(("2025.csv", "nps,城市,年龄\n9,东,1\n0,西,2\n11,西,2\n"))
    desk.map(first, date="2025-05-01", **{"role-1": "attribute", "role-2": "attribute"})
    desk.start(first, profile_name="年度调研")
    profile = MappingProfile.objects.get()
    second = desk.received(("2026.csv", " NPS ,新列,城市\n8,x,南\n11,y,北\n"))
    response = desk.client.get(
        f"/listen/imports/{second.pk}/columns/?profile={profile.pk}"
    )
    page = messages(response)
    assert "年龄" in page
    assert "文件里没有" in page
    second.refresh_from_db()
    applied = {rule.name: rule for rule in second.read_mapping().columns}
    assert applied["NPS"].missing == ("11",)
    assert set(applied) == {"NPS", "城市"}
    assert second.read_mapping().date == ""
    given = second.read_mapping()
    desk.client.post(
        f"/listen/imports/{second.pk}/columns/",
        {
            "stream": given.stream,
            "time_zone": given.time_zone,
            "date": "2026-05-01",
            "role-0": "score",
            "metric-0": "nps:0-10",
            "missing-0": "11",
            "role-2": "attribute",
        },
    )
    done = desk.start(second)
    assert (done.rows_accepted, done.rows_excluded) == (1, 1)
    assert Instrument.objects.filter(is_imported=True).count() == 1
    assert {b.instrument_version_id for b in Import.objects.all()} == {
        first.instrument_version_id
    }


def test_other_scale_makes_another_version_of_the_same_instrument(desk: Desk) -> None:
    told = "满意度\n" + "1\n3\n5\n4\n2\n" * 10
    first = desk.run(("a.csv", told), **{"metric-0": "csat:1-5"})
    second = desk.run(("b.csv", told + "4\n"), **{"metric-0": "csat:1-10"})
    again = desk.run(("c.csv", told + "3\n"), **{"metric-0": "csat:1-5"})
    versions = [b.instrument_version for b in (first, second, again)]
    assert len({version.instrument_id for version in versions}) == 1
    assert [version.number for version in versions] == [1, 2, 1]


def test_profile_can_be_deleted_and_answers_stay(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps\n9\n0\n"))
    desk.map(batch, date="2026-05-01")
    desk.start(batch, profile_name="P")
    profile = MappingProfile.objects.get()
    assert "P" in desk.client.get("/listen/imports/profiles/").content.decode()
    desk.client.post(f"/listen/imports/profiles/{profile.pk}/delete/")
    assert MappingProfile.objects.count() == 0
    assert Response.objects.count() == 2


def test_upload_can_be_discarded(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps\n9\n0\n"))
    assert batch.status == ImportStatus.MAPPING
    desk.client.post(f"/listen/imports/{batch.pk}/discard/")
    assert Import.objects.count() == 0


def test_list_can_be_searched_and_filtered(desk: Desk) -> None:
    desk.run(("spring.csv", "nps\n9\n0\n"))
    desk.received(("autumn.csv", "nps\n9\n0\n"))
    assert "spring.csv" in messages(desk.client.get("/listen/imports/?q=spring"))
    filtered = messages(desk.client.get("/listen/imports/?status=mapping"))
    assert "autumn.csv" in filtered
    assert "spring.csv" not in filtered
    assert "没有符合" in messages(desk.client.get("/listen/imports/?q=winter"))
