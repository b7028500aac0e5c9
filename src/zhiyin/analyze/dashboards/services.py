"""Writes of the dashboards: views that people keep."""

from __future__ import annotations

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.analyze.dashboards.models import SavedView

PAGES = ("scores", "compare", "table", "voices")


@transaction.atomic
def save_view(
    *,
    person: Person,
    name: str,
    page: str,
    query: str,
    is_shared: bool,
) -> SavedView:
    """Keep a page with its filters; the same name again replaces it."""
    view, _created = SavedView.objects.update_or_create(
        organisation_id=person.organisation_id,
        person=person,
        name=name,
        defaults={"page": page, "query": query, "is_shared": is_shared},
    )
    record(action="view.saved", actor=person, target=view)
    return view


@transaction.atomic
def delete_view(*, person: Person, view: SavedView) -> None:
    """Forget a view; only its owner may."""
    if view.person_id != person.pk:
        raise PermissionError(view.name)
    record(action="view.deleted", actor=person, target=view)
    view.delete()
