"""What checking a sample of answers has shown so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from cxstats.intervals import wilson_interval
from zhiyin.accounts.models import Person
from zhiyin.listen.quality.models import AuditCase, AuditResult, AuditSample
from zhiyin.listen.responses.models import Response


@dataclass(frozen=True)
class Share:
    """A share in percent with its interval; `n` is what it is a share of."""

    hits: int
    n: int

    @property
    def percent(self) -> float:
        """Return the share; 0 of nothing."""
        return 100 * self.hits / self.n if self.n else 0.0

    @property
    def ends(self) -> tuple[float, float]:
        """Return Wilson's interval at 95 percent; everything where n is 0."""
        if not self.n:
            return 0.0, 100.0
        lower, upper = wilson_interval(self.hits, self.n)
        return 100 * float(lower), 100 * float(upper)


@dataclass(frozen=True)
class AuditReport:
    """How far the checking is, how many stood, and who was asked for a score."""

    drawn: int
    open: int
    confirmed: Share
    asked_for_score: Share


def cases_seen_by(person: Person, sample: AuditSample) -> QuerySet[AuditCase]:
    """Return the cases about answers a person may see, open ones first."""
    seen = Response.objects.visible_to(person)
    cases = AuditCase.objects.filter(sample=sample, response__in=seen)
    return cases.select_related("response", "response__customer", "checked_by")


def report_of(sample: AuditSample) -> AuditReport:
    """Return what the sample shows; who was not reached counts in no share."""
    rows = list(
        AuditCase.objects.filter(sample=sample).values_list(
            "result", "was_asked_for_score"
        )
    )
    results = Counter(result for result, _asked in rows)
    confirmed = results[AuditResult.CONFIRMED]
    told = [asked for _result, asked in rows if asked is not None]
    return AuditReport(
        drawn=len(rows),
        open=results[AuditResult.OPEN],
        confirmed=Share(confirmed, confirmed + results[AuditResult.DIFFERS]),
        asked_for_score=Share(sum(told), len(told)),
    )
