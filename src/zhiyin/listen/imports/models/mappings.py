"""What each column of a file means: the shape of a mapping, stored as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.programs.models import Stream


class Role(models.TextChoices):
    """What one column is for."""

    IGNORE = "ignore", _("leave out")
    SCORE = "score", _("score")
    COMMENT = "comment", _("comment")
    TIME = "time", _("time of the answer")
    CUSTOMER = "customer", _("customer key")
    WEIGHT = "weight", _("weight")
    TOUCHPOINT = "touchpoint", _("touchpoint")
    CHANNEL = "channel", _("channel")
    DEPARTMENT = "department", _("department code")
    ATTRIBUTE = "attribute", _("customer attribute")
    OPERATIONAL = "operational", _("operational data")
    STRATUM = "stratum", _("stratum")
    CLUSTER = "cluster", _("cluster")


# A file says each of these once; scores, comments and fields may be many.
SINGLE_ROLES = (
    Role.TIME,
    Role.CUSTOMER,
    Role.WEIGHT,
    Role.TOUCHPOINT,
    Role.CHANNEL,
    Role.DEPARTMENT,
    Role.STRATUM,
    Role.CLUSTER,
)
FIELD_ROLES = (Role.ATTRIBUTE, Role.OPERATIONAL)


class Metric(models.TextChoices):
    """What a score measures, with the scale the customer was shown."""

    NPS_0_10 = "nps:0-10", _("NPS, recommendation 0-10")
    CSAT_1_10 = "csat:1-10", _("satisfaction 1-10")
    CSAT_1_5 = "csat:1-5", _("satisfaction 1-5")
    CES_1_7 = "ces:1-7", _("effort 1-7")
    OTHER = "csat:other", _("satisfaction on another scale")


@dataclass(frozen=True, kw_only=True)
class ColumnRule:
    """How one column is read; `name` is the column's unique name in the file.

    `labels` turns a raw code into what is recorded: a label for fields, a number for
    scores. `missing` lists raw codes that mean "no answer". `has_zero` says that a 0
    was on the scale although nobody chose it.
    """

    name: str
    role: str = Role.IGNORE
    metric: str = ""
    scale_min: int | None = None
    scale_max: int | None = None
    is_primary: bool = False
    is_number: bool = False
    has_zero: bool = False
    missing: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return the kind of item a score becomes: nps, csat or ces."""
        return self.metric.partition(":")[0]

    def scale(self) -> tuple[int, int]:
        """Return the ends of a score's scale."""
        ends = self.metric.partition(":")[2]
        if ends == "other":
            return int(self.scale_min or 0), int(self.scale_max or 0)
        low, _dash, high = ends.partition("-")
        return int(low), int(high)


@dataclass(frozen=True, kw_only=True)
class ImportMapping:
    """The meaning of all columns, and what holds for every row of the file."""

    columns: tuple[ColumnRule, ...] = ()
    date: str = ""
    date_order: str = ""
    time_zone: str = "Asia/Shanghai"
    stream: str = Stream.RELATIONSHIP
    wave: str = ""
    touchpoint: str = ""
    channel: str = ""
    # Of files of events: what all rows are, where no column says it.
    event_kind: str = ""

    def with_role(self, *roles: str) -> list[ColumnRule]:
        """Return the columns that have one of these roles, in the file's order."""
        return [rule for rule in self.columns if rule.role in roles]

    def one(self, role: str) -> ColumnRule | None:
        """Return the column of a role that is given once."""
        return next(iter(self.with_role(role)), None)

    @property
    def scores(self) -> list[ColumnRule]:
        """Return the score columns, the main one first."""
        found = self.with_role(Role.SCORE)
        return sorted(found, key=lambda rule: not rule.is_primary)

    @property
    def primary(self) -> ColumnRule | None:
        """Return the main score."""
        return next(iter(self.scores), None)

    def settled(self) -> ImportMapping:
        """Return the same with exactly one main score."""
        main = self.primary
        columns = tuple(replace(rule, is_primary=rule is main) for rule in self.columns)
        return replace(self, columns=columns)

    def to_json(self) -> dict[str, Any]:
        """Return what the database keeps; columns left out are not kept."""
        kept = [rule for rule in self.columns if rule.role != Role.IGNORE]
        return asdict(replace(self, columns=tuple(kept)))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ImportMapping:
        """Read what `to_json` wrote."""
        given = dict(stored)
        rules = [
            ColumnRule(**{**rule, "missing": tuple(rule.get("missing", ()))})
            for rule in given.pop("columns", ())
        ]
        return cls(columns=tuple(rules), **given)

    def fitted_to(self, names: Iterable[str]) -> tuple[ImportMapping, list[ColumnRule]]:
        """Apply to a file with other columns, matched by trimmed name.

        Returns the mapping in the file's own names and the rules whose column is not
        there. Columns the mapping does not know are left out.
        """
        known = {plain(name): name for name in names}
        found = [
            replace(rule, name=known[plain(rule.name)])
            for rule in self.columns
            if plain(rule.name) in known
        ]
        missing = [rule for rule in self.columns if plain(rule.name) not in known]
        return replace(self, columns=tuple(found)), missing


def plain(name: str) -> str:
    """Return a column's name as it is compared: spaces and case do not matter."""
    return " ".join(name.split()).casefold()
