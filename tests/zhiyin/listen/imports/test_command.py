"""The same from the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.zhiyin.listen.imports.conftest import Desk
from zhiyin.accounts.models import Organisation
from zhiyin.listen.imports.models import Import, ImportStatus
from zhiyin.listen.responses.models import Response

TOLD = "NPS,region\n" + "9,east\n0,west\n11,east\n" * 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "survey.csv"
    file.write_text(TOLD, encoding="utf-8")
    return file


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_file", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.requirement("R002-27")
def test_counts_are_printed_as_json(path: Path, organisation: Organisation) -> None:
    counts = json.loads(run(path, "--date", "2026-05-01", "--json"))
    assert counts["status"] == "done"
    assert counts["read"] == 60
    assert (counts["accepted"], counts["excluded"]) == (40, 20)
    assert counts["reasons"]["excluded"] == {"11": 20}
    assert Response.objects.count() == 40
    assert path.exists()


def test_counts_are_printed_for_people(path: Path, organisation: Organisation) -> None:
    told = run(path)
    assert "accepted" in told
    assert "all answers are dated" in told


def test_page_and_command_know_the_same_rows(desk: Desk, path: Path) -> None:
    desk.run(("survey.csv", TOLD))
    counts = json.loads(run(path, "--json"))
    assert (counts["accepted"], counts["duplicate"]) == (0, 40)


def test_saved_profile_is_used(desk: Desk, path: Path, tmp_path: Path) -> None:
    batch = desk.received(("survey.csv", TOLD))
    desk.map(batch, date="2026-05-01", **{"missing-0": "11", "role-1": "stratum"})
    desk.start(batch, profile_name="Yearly")
    other = tmp_path / "next.csv"
    other.write_text(TOLD + "5,north\n", encoding="utf-8")
    counts = json.loads(run(other, "--profile", "Yearly", "--json"))
    assert counts["accepted"] == 41
    assert Response.objects.filter(stratum="north").count() == 1


def test_rejected_rows_are_told_by_the_exit_code(
    tmp_path: Path, organisation: Organisation
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("nps\n9\n0\nx\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        run(file)
    assert stopped.value.code == 3


def test_scale_and_columns_can_be_said(path: Path, organisation: Organisation) -> None:
    counts = json.loads(
        run(
            path, "--score", "NPS", "--scale", "0-11", "--missing", "9",
            "--stratum", "region", "--stream", "transactional", "--json",
        ),
    )  # fmt: skip
    assert (counts["accepted"], counts["excluded"]) == (40, 20)
    response = Response.objects.order_by("pk").first()
    assert (response.stratum, response.stream) == ("west", "transactional")
    assert response.answers.get().scale_max == 11


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (["missing.csv"], "there is no file", 2),
        (["{path}", "--organisation", "nobody"], "there is no organisation", 2),
        (["{path}", "--profile", "none"], "there is no mapping profile", 2),
        (["{path}", "--score", "nothing"], "nothing", 1),
        (["{path}", "--scale", "ten"], "ten", 1),
        (["{path}", "--sheet", "x", "--delimiter", "ab"], "", 1),
    ],
)
def test_wrong_call_is_explained(
    arguments: list[str],
    told: str,
    code: int,
    path: Path,
    organisation: Organisation,
) -> None:
    given = [text.replace("{path}", str(path)) for text in arguments]
    with pytest.raises(CommandError) as error:
        run(*given)
    assert told in str(error.value)
    assert error.value.returncode == code
    assert Response.objects.count() == 0


def test_organisation_must_be_named_where_there_are_several(
    path: Path, organisation: Organisation, other_organisation: Organisation
) -> None:
    with pytest.raises(CommandError, match="several organisations"):
        run(path)
    run(path, "--organisation", other_organisation.code)
    batch = Import.objects.get(status=ImportStatus.DONE)
    assert batch.organisation == other_organisation
