"""What a priority rule may look at, named for people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.common.condition_builder import Fact
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.customers.queries.portability import LEAVING
from zhiyin.listen.programs.models import Touchpoint

MOST_FIELDS = 60


def _yes_no() -> tuple[tuple[str, str], ...]:
    return (("true", _("yes")), ("false", _("no")))


def _states() -> tuple[tuple[str, str], ...]:
    return tuple((state.value, str(state.label)) for state in LEAVING)


def rule_facts(organisation: Organisation) -> list[Fact]:
    """Return the facts in the order in which people think of them."""
    classes = (
        ("detractor", _("detractor")),
        ("passive", _("passive")),
        ("promoter", _("promoter")),
    )
    touchpoints = Touchpoint.objects.of(organisation).filter(is_active=True)
    fields = AttributeField.objects.of(organisation).for_conditions()[:MOST_FIELDS]
    return [
        Fact("score", _("Score")),
        Fact("class", _("Class"), classes),
        Fact("value_tier", _("Value tier")),
        Fact("star", _("Star of the customer")),
        Fact("network", _("Network"), (("4G", "4G"), ("5G", "5G"))),
        Fact("is_repeat_complaint", _("Complained before"), _yes_no()),
        Fact(
            "mnp_state",
            _("Number portability"),
            _states(),
        ),
        Fact("has_text", _("Wrote something"), _yes_no()),
        Fact(
            "sentiment",
            _("Sentiment of the words"),
            (
                ("positive", _("positive")),
                ("negative", _("negative")),
                ("unsure", _("unsure")),
            ),
        ),
        Fact(
            "touchpoint",
            _("Touchpoint"),
            tuple((one.code, one.name) for one in touchpoints),
        ),
        *(Fact(f"field.{one.code}", str(one)) for one in fields),
    ]
