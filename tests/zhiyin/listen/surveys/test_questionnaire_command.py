"""Templates, the linter and files, from the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from zhiyin.accounts.models import Organisation
from zhiyin.listen.surveys.models import Instrument, Item
from zhiyin.listen.surveys.services import create_instrument

FILES = Path(__file__).parent / "files"


def run(*words: str) -> str:
    out = StringIO()
    call_command("questionnaire", *words, stdout=out)
    return out.getvalue()


@pytest.mark.requirement("R002-04", "R001-13", "R002-10")
def test_templates_are_listed_and_made_once(organisation: Organisation) -> None:
    assert "network-satisfaction" in run("templates")
    run("make", "intent", "moment", "enps", "nps-dealer", "nps-resident")
    run("make", "intent")
    audiences = dict(Instrument.objects.values_list("code", "audience"))
    assert audiences == {
        "intent": "consumer",
        "moment": "consumer",
        "enps": "employee",
        "nps-dealer": "dealer",
        "nps-resident": "resident",
    }
    kinds = dict(
        Item.objects.filter(version__instrument__code="intent").values_list(
            "code",
            "kind",
        ),
    )
    assert kinds == {
        "nps": "nps",
        "renew": "rating",
        "public": "choice",
        "why_leave": "text",
    }
    steps = Item.objects.get(version__instrument__code="moment", code="steps")
    assert steps.scale_max == 7
    with pytest.raises(CommandError, match="no standard questionnaire"):
        run("make", "no-such-thing")


@pytest.mark.requirement("R000-60")
def test_linter_says_what_is_wrong_and_refuses(organisation: Organisation) -> None:
    create_instrument(
        organisation=organisation,
        publish=False,
        definition={
            "code": "bad",
            "name": "Bad",
            "items": [
                {
                    "code": "nps",
                    "kind": "nps",
                    "scale": [1, 10],
                    "texts": {
                        "zh-hans": {"text": "请给我们优质的服务打10分，打10分送话费。"},
                    },
                },
            ],
        },
    )
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("questionnaire", "--language", "en", "lint", "bad", stdout=out)
    said = out.getvalue()
    for rule in ("nps_scale", "coaching", "reward_by_score", "leading"):
        assert rule in said
    with pytest.raises(SystemExit):
        run("lint-message", "【华星】您满意吗？{link}")
    assert run("lint-message", "【华星】您满意吗？{link} 退订回T") == ""


def test_files_go_out_and_come_in(organisation: Organisation, tmp_path: Path) -> None:
    said = run(
        "--language", "en", "import", str(FILES / "store.qsf"), "--code", "store"
    )
    assert "store: Broadband repair" in said
    assert "unmapped: Q8: questions of type Timing" in said
    run("export", "store", str(tmp_path / "store.json"))
    assert run("import", str(tmp_path / "store.json")).startswith("store-2: ")
    with pytest.raises(CommandError, match="store"):
        run("import", str(tmp_path / "store.json"), "--code", "store")
    with pytest.raises(CommandError):
        run("import", str(tmp_path / "nothing.json"))
