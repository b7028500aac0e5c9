"""Who gets an alert: by rule, in the department recorded and above, never nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zhiyin.accounts.models import Department, Permission, Person, Role, RoleAssignment
from zhiyin.act.alerts.models import AlertRule, OwnerStep

NAMED, ANYBODY = "named", "anybody"
# Who is asked once neither the department nor the rule names somebody.
_LAST = (Role.CX_MANAGER, Role.SYS_ADMIN)


@dataclass(frozen=True)
class Found:
    """An owner, and by which step they were found."""

    person: Person | None
    step: str


@dataclass
class OwnerBook:
    """The people of one organisation, by role and department, read once."""

    people: dict[int, Person] = field(default_factory=dict)
    held: dict[tuple[str, int | None], list[Person]] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=dict)

    @classmethod
    def of(cls, organisation_id: int) -> OwnerBook:
        """Read who works there now; whoever has left is not in it."""
        book = cls()
        people = Person.objects.filter(
            organisation=organisation_id, is_active=True
        ).order_by("pk")
        book.people = {each.pk: each for each in people}
        given = RoleAssignment.objects.filter(person__in=book.people).order_by("pk")
        for each in given:
            person = book.people[each.person_id]
            book.held.setdefault((each.role, each.department_id), []).append(person)
        rows = Department.objects.filter(organisation=organisation_id)
        book.departments = {each.pk: each for each in rows}
        return book

    def find(
        self,
        rule: AlertRule,
        department_id: int | None,
        employee: str = "",
        turn: int = 0,
    ) -> Found:
        """Return the owner of an alert; several who fit take turns by `turn`."""
        if OwnerStep.EMPLOYEE in rule.owner_steps and employee:
            served = self._employee(employee)
            if served is not None:
                return Found(served, OwnerStep.EMPLOYEE)
        for place in self._upwards(department_id):
            for step in rule.owner_steps:
                fitting = self.held.get((step, place))
                if fitting:
                    return Found(fitting[turn % len(fitting)], step)
        return self._fallback(rule, turn)

    def _fallback(self, rule: AlertRule, turn: int) -> Found:
        named = self.people.get(rule.owner_person_id or 0)
        if named is not None:
            return Found(named, NAMED)
        for role in _LAST:
            fitting = self.held.get((role, None)) or self._anywhere(role)
            if fitting:
                return Found(fitting[turn % len(fitting)], role)
        may = (each for each in self.people.values() if each.may(Permission.SEE_CASES))
        return Found(next(may, None) or next(iter(self.people.values()), None), ANYBODY)

    def _anywhere(self, role: str) -> list[Person]:
        return [
            person
            for (held, _place), people in self.held.items()
            for person in people
            if held == role
        ]

    def _upwards(self, department_id: int | None) -> Iterable[int]:
        """Yield the department and those above it, closed ones left out."""
        here = self.departments.get(department_id or 0)
        while here is not None:
            if here.is_active:
                yield here.pk
            here = self.departments.get(here.parent_id or 0)

    def _employee(self, code: str) -> Person | None:
        """Return the one colleague whom a recorded employee certainly is."""
        wanted = code.strip().casefold()
        fitting = [
            each
            for each in self.people.values()
            if wanted
            in {
                each.email.casefold(),
                each.email.partition("@")[0].casefold(),
                each.name.casefold(),
            }
        ]
        return fitting[0] if len(fitting) == 1 else None
