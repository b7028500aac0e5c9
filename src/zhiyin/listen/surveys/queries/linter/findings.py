"""What the linter says: one finding per fault, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REFUSE: Final = "refuse"
WARN: Final = "warn"


@dataclass(frozen=True)
class Finding:
    """One fault: how bad, which rule, where, in which language, and what to do.

    `item` is "" for the questionnaire as a whole, `language` is "" where the fault
    is none of wording. `quote` is the part of the text that gave rise to it.
    """

    level: str
    code: str
    item: str
    language: str
    message: str
    quote: str = ""

    @property
    def is_refusal(self) -> bool:
        """Tell whether publishing has to wait for this."""
        return self.level == REFUSE


# Rule: how bad it is, and what to say.
RULES: dict[str, tuple[str, object]] = {
    "leading": (
        WARN,
        gettext_lazy("The wording suggests an answer; ask without praise or blame."),
    ),
    "double_barrelled": (
        WARN,
        gettext_lazy("Two things are asked at once; ask one question for each."),
    ),
    "coaching": (
        REFUSE,
        gettext_lazy("The customer is told which score to give; leave that out."),
    ),
    "class_explained": (
        REFUSE,
        gettext_lazy("How scores are counted is told to the customer; leave that out."),
    ),
    "reward_by_score": (
        REFUSE,
        gettext_lazy("A reward depends on the score; reward every answer or none."),
    ),
    "incentive": (
        WARN,
        gettext_lazy(
            "A reward for answering makes answers kinder; keep it independent of the "
            "score and compare only with surveys that give the same.",
        ),
    ),
    "offer": (
        REFUSE,
        gettext_lazy("An offer makes the survey marketing; leave the offer out."),
    ),
    "comparative": (
        WARN,
        gettext_lazy("Another operator is named or compared with; leave that out."),
    ),
    "personal_data": (
        WARN,
        gettext_lazy(
            "Personal data is asked for; say in the help what for, or leave it out.",
        ),
    ),
    "missing_privacy": (
        WARN,
        gettext_lazy("Employees are asked; say that the answers are anonymous."),
    ),
    "nps_scale": (
        REFUSE,
        gettext_lazy(
            "A recommendation score is asked from 0 to 10 with detractors up to 6 and "
            "promoters from 9; otherwise make it a rating.",
        ),
    ),
    "scale": (
        WARN,
        gettext_lazy("This scale is unusual for the kind of question."),
    ),
    "nps_wording": (
        WARN,
        gettext_lazy(
            "The wording differs from the standard one; scores compare less well.",
        ),
    ),
    "missing_text": (REFUSE, gettext_lazy("A wording is missing: %(names)s.")),
    "missing_anchor": (
        WARN,
        gettext_lazy("Say what the lowest and the highest score mean."),
    ),
    "no_question": (REFUSE, gettext_lazy("Nothing is asked.")),
    "no_choices": (REFUSE, gettext_lazy("There are no choices to choose from.")),
    "duplicate_code": (REFUSE, gettext_lazy("The code is used twice: %(names)s.")),
    "bad_condition": (REFUSE, gettext_lazy("The condition is faulty: %(names)s")),
    "unknown_item": (
        REFUSE,
        gettext_lazy("The condition names a question that there is not: %(names)s."),
    ),
    "later_item": (
        REFUSE,
        gettext_lazy("The condition needs an answer given only later: %(names)s."),
    ),
    "unreachable": (WARN, gettext_lazy("Nobody will ever see this question.")),
    "bad_skip": (
        REFUSE,
        gettext_lazy("The skip leads to no later question: %(names)s."),
    ),
    "no_exclusive": (
        WARN,
        gettext_lazy("Offer “none of these” as a choice that excludes the others."),
    ),
    "too_many": (
        WARN,
        gettext_lazy("%(names)s questions are asked of one customer; keep to ten."),
    ),
    "too_long": (
        WARN,
        gettext_lazy("Answering takes about %(names)s minutes; keep it under five."),
    ),
    "no_opt_out": (
        REFUSE,
        gettext_lazy("The message does not say how to refuse further ones."),
    ),
    "offer_in_message": (
        REFUSE,
        gettext_lazy(
            "Words of an offer make this message marketing: change its class, which "
            "needs the customer's consent, or leave the offer out.",
        ),
    ),
    "fear_message": (
        REFUSE,
        gettext_lazy(
            "A message must not frighten anybody out of porting their number, nor say "
            "what is not certain.",
        ),
    ),
    "porting_offer": (
        REFUSE,
        gettext_lazy(
            "No offer may be made to customers because their number is, or may be, "
            "ported. Leave porting out of marketing.",
        ),
    ),
    "comparative_message": (
        REFUSE,
        gettext_lazy("A message must not name other operators or compare with them."),
    ),
    "long_message": (
        WARN,
        gettext_lazy("The message needs %(names)s parts; one is cheaper and safer."),
    ),
}


def found(
    code: str,
    *,
    item: str = "",
    language: str = "",
    quote: str = "",
    names: str | Iterable[str] = "",
) -> Finding:
    """Return a finding of a rule, worded in the active language."""
    level, text = RULES[code]
    named = names if isinstance(names, str) else _(", ").join(names)
    message = str(text)
    return Finding(
        level=level,
        code=code,
        item=item,
        language=language,
        message=message % {"names": named} if "%(names)s" in message else message,
        quote=quote,
    )


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that forbid publishing."""
    return [finding for finding in findings if finding.is_refusal]
