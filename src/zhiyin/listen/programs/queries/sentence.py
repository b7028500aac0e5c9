"""A collection plan as one sentence, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from zhiyin.common.condition_builder import Fact, labels_of
from zhiyin.common.conditions import sentence
from zhiyin.listen.contacts.queries import Rules, policy_in_force
from zhiyin.listen.programs.models import Cadence, Channel, Programme, Trigger
from zhiyin.listen.programs.queries.facts import facts_offered
from zhiyin.listen.programs.queries.sampling import Sampling

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 1440
HOURS_PER_DAY = 24
LONG_HOURS = 96


def delay_words(minutes: int) -> str:
    """Return a delay as people say it."""
    if minutes == 0:
        return _("at once")
    if minutes % MINUTES_PER_DAY == 0:
        days = minutes // MINUTES_PER_DAY
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if minutes % MINUTES_PER_HOUR == 0:
        hours = minutes // MINUTES_PER_HOUR
        return hour_words(hours)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {
        "count": minutes
    }


def hour_words(hours: int) -> str:
    """Return a number of hours; many of them as days."""
    if hours >= LONG_HOURS and hours % HOURS_PER_DAY == 0:
        return delay_words(hours * MINUTES_PER_HOUR)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def share_words(share: float) -> str:
    """Return a share as a percentage without needless digits."""
    return f"{share * 100:.4g}%"


def words_in_language(words: Any) -> str:
    """Return a text of the plan; where it is kept per language, in the reader's."""
    if isinstance(words, Mapping):
        language = (get_language() or "en").lower()
        return str(words.get(language) or next(iter(words.values()), ""))
    return str(words or "")


def occasion_of(programme: Programme) -> str:
    """Return what happened to the customer before the question."""
    plan: dict[str, Any] = programme.plan
    words = words_in_language(plan.get("what"))
    if words:
        return words
    return _("the event %(kind)s") % {"kind": programme.event_kind or "…"}


def who_of(programme: Programme) -> str:
    """Return whom the plan is about."""
    return words_in_language(programme.plan.get("who")) or _("customers")


def asked_about(programme: Programme) -> str:
    """Return what is asked: the plan's metrics, else the questionnaire's name."""
    metrics = programme.plan.get("metrics") or []
    if len(metrics) > 1:
        first = _(", ").join(metrics[:-1])
        return _("%(first)s and %(last)s") % {"first": first, "last": metrics[-1]}
    if metrics:
        return str(metrics[0])
    return str(programme.instrument or _("a questionnaire still to be chosen"))


def channel_words(programme: Programme) -> str:
    """Return the way and, where there is one, the way it is tried otherwise."""
    names = dict(Channel.choices)
    first = str(names.get(programme.channel, programme.channel or _("no way")))
    if not programme.fallback_channel:
        return first
    other = names.get(programme.fallback_channel, programme.fallback_channel)
    return _("%(channel)s (else %(other)s)") % {"channel": first, "other": other}


def plan_sentence(programme: Programme, facts: Sequence[Fact] | None = None) -> str:
    """Return the whole rule as one sentence: the plan as the machine carries it out."""
    if programme.touchpoint is not None and not programme.touchpoint.is_surveyed:
        return _("Nobody is asked about this; it is for service only.")
    rules = Rules.of(policy_in_force(programme.organisation).rules)
    values = {
        "who": who_of(programme),
        "share": share_words(programme.sampling_share),
        "channel": channel_words(programme),
        "asked": asked_about(programme),
        "hours": hour_words(programme.expires_hours),
        "from": rules.quiet_until,
        "until": rules.quiet_from,
    }
    if programme.trigger == Trigger.WAVE:
        text = _wave_sentence(programme, values)
    else:
        text = _event_sentence(programme, values)
    return text + _limits(programme, facts)


def _event_sentence(programme: Programme, values: dict[str, str]) -> str:
    values["what"] = occasion_of(programme)
    if programme.delay_minutes == 0:
        template = _(
            "Right after %(what)s, %(share)s of %(who)s are asked by %(channel)s to "
            "answer %(asked)s; valid for %(hours)s, sent %(from)s–%(until)s"
        )
        return template % values
    values["delay"] = delay_words(programme.delay_minutes)
    template = _(
        "%(delay)s after %(what)s, %(share)s of %(who)s are asked by %(channel)s to "
        "answer %(asked)s; valid for %(hours)s, sent %(from)s–%(until)s"
    )
    return template % values


def _wave_sentence(programme: Programme, values: dict[str, str]) -> str:
    if programme.cadence == Cadence.SPREAD:
        template = _(
            "Ask %(who)s by %(channel)s to answer %(asked)s, each once in %(days)s "
            "days and as many every weekday morning; valid for %(hours)s"
        )
        return template % (values | {"days": programme.cadence_days})
    values["cadence"] = str(Cadence(programme.cadence).label)
    values["sample"] = _sample_words(programme)
    template = _(
        "%(cadence)s: ask %(sample)s of %(who)s by %(channel)s to answer %(asked)s; "
        "valid for %(hours)s, sent %(from)s–%(until)s"
    )
    return template % values


def _sample_words(programme: Programme) -> str:
    size = Sampling.of(programme).size
    return f"{size:,}" if size else share_words(programme.sampling_share)


def _limits(programme: Programme, facts: Sequence[Fact] | None) -> str:
    """Return what else must hold: conditions, exclusions, the pilot, cancellation."""
    parts = []
    if programme.conditions or programme.exclusions:
        if facts is None:
            facts = facts_offered(programme.organisation, programme)
        labels = labels_of(facts)
        if programme.conditions:
            text = sentence(programme.conditions, labels)
            parts.append(_("only where %(condition)s") % {"condition": text})
        if programme.exclusions:
            text = sentence(programme.exclusions, labels)
            parts.append(_("not where %(condition)s") % {"condition": text})
    if programme.cancel_event_kind:
        kind = programme.cancel_event_kind
        parts.append(_("cancelled by %(kind)s") % {"kind": kind})
    if programme.pk:
        names = [str(one) for one in programme.pilot_departments.all()]
        if names:
            parts.append(_("pilot in %(names)s") % {"names": _(", ").join(names)})
    return "".join(_("; %(limit)s") % {"limit": one} for one in parts) + _(".")
