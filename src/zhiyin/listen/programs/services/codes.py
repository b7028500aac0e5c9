"""Writes about printed codes: made once for each department and employee."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from zhiyin.accounts.models import Department
from zhiyin.accounts.services import record
from zhiyin.listen.programs.models import LinkCode, SurveyLink
from zhiyin.listen.programs.services.links import ALPHABET

# 31 letters to the eighth: nobody meets another's code by trying.
CODE_LENGTH = 8


def _free_code(taken: set[str]) -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if code not in taken:
            taken.add(code)
            return code


@transaction.atomic
def make_codes(
    *,
    link: SurveyLink,
    departments: Iterable[Department | None],
    employees: Iterable[str] = (),
) -> int:
    """Make a code for each employee of each department; return how many are new.

    Without employees there is one for each department. Whoever has a code keeps it,
    because it is printed.
    """
    known = LinkCode.objects.filter(link=link)
    have = {(each.department_id, each.employee): each for each in known}
    taken = {each.code for each in have.values()}
    names = list(employees) or [""]
    wanted = [(department, name) for department in departments for name in names]
    made = [
        LinkCode(
            organisation_id=link.organisation_id,
            link=link,
            code=_free_code(taken),
            department=department,
            employee=name,
        )
        for department, name in wanted
        if (department.pk if department else None, name) not in have
    ]
    LinkCode.objects.bulk_create(made)
    record(action="link.codes_made", target=link, made=len(made))
    return len(made)


@transaction.atomic
def set_code_active(*, code: LinkCode, is_active: bool) -> None:
    """Take answers at a printed address, or refuse them."""
    LinkCode.objects.filter(pk=code.pk).update(is_active=is_active)
    action = "link.code_opened" if is_active else "link.code_closed"
    record(action=action, target=code.link, code=code.code)


def count_code(*, link: SurveyLink, code: str) -> None:
    """Count one first answer at a printed address."""
    rows = LinkCode.objects.filter(link=link, code=code)
    rows.update(answered=F("answered") + 1)
