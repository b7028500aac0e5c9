"""Two sides change one case: what is taken, what is kept, what is in conflict."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiyin.act.workorders.queries.merging import Rule, merge

NAMES = ("state", "owner", "causes")
values = st.dictionaries(st.sampled_from(NAMES), st.sampled_from("abc"), max_size=3)
whole = st.fixed_dictionaries(dict.fromkeys(NAMES, st.sampled_from("abc")))
winners = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(["ours", "theirs", "newest"])
)
NOON = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)


def test_what_only_they_changed_is_taken_and_what_only_we_changed_is_kept():
    merged = merge(
        agreed={"state": "assigned", "owner": "li"},
        ours={"state": "assigned", "owner": "wang"},
        theirs={"state": "contacted", "owner": "li"},
        rule=Rule(winners={}),
    )
    assert merged.taken == {"state": "contacted"}
    assert merged.conflicts == ()


def test_what_both_changed_is_a_conflict_that_the_rule_decides():
    told = {
        "agreed": {"state": "assigned"},
        "ours": {"state": "resolved"},
        "theirs": {"state": "waiting_customer"},
    }
    ours = merge(**told, rule=Rule(winners={"state": "ours"}))
    theirs = merge(**told, rule=Rule(winners={"state": "theirs"}))

    assert ours.taken == {}
    assert theirs.taken == {"state": "waiting_customer"}
    for merged, kept in ((ours, "ours"), (theirs, "theirs")):
        [conflict] = merged.conflicts
        assert (conflict.ours, conflict.theirs) == ("resolved", "waiting_customer")
        assert conflict.kept == kept


def test_the_newer_word_holds_only_when_both_times_are_known():
    def kept(ours: dt.datetime | None, theirs: dt.datetime | None) -> str:
        rule = Rule(winners={"state": "newest"}, our_time=ours, their_time=theirs)
        return rule.kept("state")

    later = NOON + dt.timedelta(seconds=1)
    assert kept(NOON, later) == "theirs"
    assert kept(later, NOON) == "ours"
    assert kept(NOON, NOON) == "ours"
    assert kept(NOON, None) == "ours"
    assert kept(None, later) == "ours"


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(agreed=whole, ours=whole, theirs=values, winners=winners)
def test_a_merge_takes_only_what_they_said_and_is_settled_after_once(
    agreed: dict[str, str],
    ours: dict[str, str],
    theirs: dict[str, str],
    winners: dict[str, str],
):
    rule = Rule(winners=winners)
    merged = merge(agreed=agreed, ours=ours, theirs=theirs, rule=rule)

    assert all(merged.taken[name] == theirs[name] for name in merged.taken)
    for conflict in merged.conflicts:
        before = agreed[conflict.field]
        assert len({before, conflict.ours, conflict.theirs}) == 3
    # The same call again, after it was applied and noted as agreed, changes nothing.
    again = merge(
        agreed={**agreed, **theirs},
        ours={**ours, **merged.taken},
        theirs=theirs,
        rule=rule,
    )
    assert again.taken == {}
    assert again.conflicts == ()
