"""From a search over sums to findings in numbers and words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cxstats.discovery.asking import Question
from cxstats.discovery.axes import Axis
from cxstats.discovery.cells import cells_of
from cxstats.discovery.columns import RESTATES, Chosen, axes_of
from cxstats.discovery.conditions import both, holds
from cxstats.discovery.coverage import (
    Gap,
    coverage_gaps,
    gap_notices,
    without_repeats,
)
from cxstats.discovery.estimating import comparable, difference_of, score_of
from cxstats.discovery.findings import Discovery, Finding
from cxstats.discovery.kinds import kind_of_slice
from cxstats.discovery.levelling import Offsets
from cxstats.discovery.replication import replications
from cxstats.discovery.scan import is_joint
from cxstats.discovery.search import Found, Peeling
from cxstats.discovery.sentences import Words
from cxstats.discovery.shaping import Limits
from cxstats.discovery.study import Study
from cxstats.discovery.sums import explained
from cxstats.discovery.support import answers_to_see, most_slices
from cxstats.engine import resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Notice
from cxstats.metrics import MetricResult

__all__ = ["Effort", "Search"]

MOST_SHARE = 0.5
"""Above this share the others are the group to tell of."""

_MOST_CONDITIONS = 3
_LEAST_SUPPORT = 30
_SMALL_SHARE = 0.05

SMALLEST_SHARE = 0.001
"""A smaller group moves the score of all by a tenth of its difference in percent: a
tenth of a point, where it is 100 points away."""


@dataclass(frozen=True)
class Effort:
    """How far a search goes.

    Parameters
    ----------
    max_conditions
        Columns per slice, 1 to 3.
    min_support
        Least answers of a slice; None chooses by the number of answers.
    alpha
        False discovery rate, between 0 and 1.
    most
        Most findings, 1 or more.
    """

    max_conditions: int
    min_support: int | None
    alpha: float
    most: int

    def __post_init__(self) -> None:
        """Refuse what no search can do."""
        if not 1 <= self.max_conditions <= _MOST_CONDITIONS:
            raise InputError(
                f"slices have 1 to {_MOST_CONDITIONS} conditions; received "
                f"max_conditions={self.max_conditions}"
            )
        if not 0 < self.alpha < 1:
            raise InputError(f"alpha lies between 0 and 1; received {self.alpha}")
        if self.most < 1:
            raise InputError(f"most must be 1 or more; received {self.most}")
        if self.min_support is not None and self.min_support < _LEAST_SUPPORT:
            raise InputError(
                f"a slice needs at least {_LEAST_SUPPORT} answers to be judged; "
                f"received min_support={self.min_support}"
            )

    def limits(self, study: Study, n: int, axes: Sequence[Axis]) -> Limits:
        """Return what a slice must satisfy among n answers, cut by some axes."""
        support: float | None = self.min_support
        if support is None:
            tests = most_slices(axes, self.max_conditions)
            enough = answers_to_see(study, self.alpha, tests)
            few = min(enough, _SMALL_SHARE * n)
            support = max(_LEAST_SUPPORT, few, SMALLEST_SHARE * n)
        return Limits(support, MOST_SHARE, self.alpha)


@dataclass(frozen=True)
class Search:
    """A search in one study, confirmed in another if there is one.

    Parameters
    ----------
    question, study, confirm
        What was asked, the rows searched, and those of a later wave.
    language
        Of the sentences.
    named
        Columns known to hold a customer's value, and complaints.
    """

    question: Question
    study: Study
    confirm: Study | None
    language: str
    named: tuple[tuple[str, ...], tuple[str, ...]]

    @cached_property
    def overall(self) -> MetricResult:
        """The score of the rows searched."""
        study = self.study
        return self.question.overall(study.engine, study.source, study.where)

    @property
    def words(self) -> Words:
        """Sentences for this score."""
        return self.question.words(self.language)

    def run(
        self, columns: Sequence[str] | None, reserved: Collection[str], effort: Effort
    ) -> Discovery:
        """Search and report."""
        n = self.overall.estimate.n
        least = effort.min_support or _LEAST_SUPPORT
        if n < 2 * least:
            few = Notice(
                "small_n",
                f"{n:,} valid answers are too few to search: a group and the others "
                f"need {least} each",
            )
            return self._answer(0, [], [few])
        chosen = self._axes(columns, reserved)
        if not chosen.axes:
            nothing = Notice("no_columns", "no column is left that could be searched")
            return self._answer(0, [], [*chosen.notices(), nothing])
        study = self.study
        if is_joint(n, chosen.axes):
            study = cells_of(study, chosen.axes)
        limits = effort.limits(study, n, chosen.axes)
        peeling = Peeling(study, chosen.axes, n, effort.max_conditions, limits)
        marginals = peeling.totals.marginals
        barred: list[int] = []
        if columns is None:
            barred = [
                at for at, table in enumerate(marginals) if explained(table) > RESTATES
            ]
            for at in barred:
                chosen.leave_out("restates", chosen.axes[at].column)
        gaps, gaps_tested = coverage_gaps(
            study,
            chosen.axes,
            marginals,
            support=limits.support,
            alpha=effort.alpha,
        )
        peeling.run(effort.most, {gap.axis for gap in gaps}, barred)
        told = without_repeats(gaps, chosen.axes)
        findings = self._findings(peeling.found, told, chosen.axes)
        notices = [*chosen.notices(), *gap_notices(told, chosen.axes)]
        if len(peeling.found) >= effort.most:
            notices.append(
                Notice(
                    "most_findings",
                    f"the search was ended after {effort.most} findings; there may be "
                    "more",
                )
            )
        tested = peeling.tested + gaps_tested
        return self._answer(tested, findings, notices)

    def _axes(self, columns: Sequence[str] | None, reserved: Collection[str]) -> Chosen:
        kinds = self.study.engine.kinds(self.study.source)
        taken = {resolve_column(name, kinds) for name in reserved}
        if columns is None:
            names = [name for name in kinds if name not in taken]
        else:
            names = [resolve_column(name, kinds) for name in dict.fromkeys(columns)]
            score = resolve_column(self.question.score, kinds)
            if score in names:
                raise InputError(
                    f"the score {score!r} cannot explain itself; leave it out of the "
                    "columns"
                )
        return axes_of(self.study, names, kinds, is_chosen=columns is not None)

    def _answer(
        self, tested: int, findings: Sequence[Finding], notices: Sequence[Notice]
    ) -> Discovery:
        overall = self.overall
        return Discovery(
            metric=overall.metric,
            unit=overall.unit,
            overall=overall.estimate,
            tested=tested,
            findings=tuple(findings),
            warnings=(*overall.warnings, *notices),
        )

    def _findings(
        self, found: Sequence[Found], gaps: Sequence[Gap], axes: Sequence[Axis]
    ) -> list[Finding]:
        """Put everything found into numbers and words: causes first, by impact."""
        made = [
            (self._finding(item), (item.earlier, item.offsets))
            for item in [*found, *map(_as_found, gaps)]
        ]
        made.sort(key=lambda pair: (pair[0].artefact, -abs(pair[0].impact)))
        findings = [finding for finding, _ in made]
        if self.confirm is not None and findings:
            later = replications(
                self.confirm,
                findings,
                [earlier for _, earlier in made],
                1 - self.study.level,
            )
            findings = [
                replace(finding, replication=told)
                for finding, told in zip(findings, later, strict=True)
            ]
        suspects = {axes[gap.axis].column for gap in gaps}
        return [
            replace(finding, sentence=self._sentence(finding, suspects))
            for finding in findings
        ]

    def _finding(self, found: Found) -> Finding:
        study, item = self.study, found.slice
        difference = difference_of(item.part, item.base, study)
        value = score_of(found.plain, study)
        where = both(found.earlier, holds(item.conditions))
        assert where is not None  # noqa: S101 - a slice has a condition
        kind = kind_of_slice(
            item.conditions,
            difference.value,
            value=self.named[0],
            complaints=self.named[1],
        )
        rest = score_of(item.base - item.part, study)
        if found.offsets:
            rest = comparable(value, difference, rest)
        share = float(item.part[self._mass_at]) / self._mass
        return Finding(
            kind=kind,
            conditions=item.conditions,
            value=value,
            rest=rest,
            difference=difference,
            q_value=found.q,
            impact=difference.value * share,
            artefact=found.is_suspect,
            where=where,
        )

    @cached_property
    def _mass(self) -> float:
        """Answers, or the sum of their weights."""
        return float(self.study.sums()[self._mass_at])

    @property
    def _mass_at(self) -> int:
        return 0 if self.study.weight is None else 1

    def _sentence(self, finding: Finding, suspects: Collection[str]) -> str:
        words = self.words
        where = words.where(finding.conditions)
        estimates = (finding.value, finding.rest, finding.difference)
        if finding.kind == "coverage":
            text = words.compared("coverage", where, estimates)
        else:
            form = "lower" if finding.difference.value < 0 else "higher"
            impact = words.number(abs(finding.impact))
            text = words.compared(form, where, estimates, impact=impact)
            if finding.kind != "slice":
                text = words.say(finding.kind, sentence=text)
            if finding.artefact:
                named = [c.column for c in finding.conditions if c.column in suspects]
                text = words.say("suspect", sentence=text, columns=words.join(named))
        later = finding.replication
        if later is None:
            return text
        return words.say(
            later.status,
            sentence=text,
            n=f"{later.n:,}",
            **words.interval(later.difference),
        )


def _as_found(gap: Gap) -> Found:
    """Tell of a gap in coverage as of a slice that is suspected from the start."""
    return Found(gap.slice, gap.slice.part, gap.q, None, Offsets(), is_suspect=True)
