"""Load the demo operator once; a second start finds it there."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from cxstats.simulate import Batch, Operator
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import create_organisation, erase_organisation
from zhiyin.analyze.lake.queries.places import lake_folder
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.common import clock
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.services.steps import delete_files
from zhiyin.listen.programs.models import Touchpoint
from zhiyin.site.demo import asking, instruments, people
from zhiyin.site.demo.answers import Loader
from zhiyin.site.demo.cases import add_cases

SEED = 7
Say = Callable[[str], None]


@dataclass(frozen=True)
class Logins:
    """How to get in: one address per role, one password for all of them."""

    password: str
    addresses: dict[str, str]


def load_demo(*, scale: int, reset: bool, say: Say) -> Logins:
    """Make the demo operator if it is not there; return its logins."""
    known = Organisation.objects.filter(code=people.CODE).first()
    if known and reset:
        say("removing the demo operator")
        _erase(known)
        known = None
    if known is None:
        known = _make(scale, say)
    return _logins(known)


def _erase(organisation: Organisation) -> None:
    """Erase the demo operator: its rows, its uploaded files and its lake."""
    for batch in Import.objects.of(organisation):
        delete_files(batch=batch)
    folder = lake_folder(organisation.pk)
    erase_organisation(
        organisation=organisation,
        ordered_by="scripts/demo --reset",
        reason="the demo begins anew",
    )
    shutil.rmtree(folder, ignore_errors=True)


def _make(scale: int, say: Say) -> Organisation:
    say(f"simulating an operator with about {scale:,} responses")
    yesterday = clock.now().date() - dt.timedelta(1)
    operator = Operator(scale=scale, seed=SEED, end=yesterday)
    batches = list(operator.batches())
    simulated = operator.organisation()
    password = _new_password()
    with transaction.atomic():
        organisation = create_organisation(
            code=people.CODE,
            name=simulated.name,
            brand="知音通信",
        )
        departments = people.add_departments(organisation, simulated)
        staff = people.add_people(organisation, simulated, departments, password)
        instruments.add_programme(organisation)
        versions = instruments.add_instruments(organisation, _asked(batches))
        _name(organisation, batches)
        manager = next(p for p in staff if p.email.startswith(Role.CX_MANAGER.value))
        instruments.mark_intervention(manager, operator.truth)
    places = {one.code: departments[one.department] for one in simulated.employees}
    places |= {one.name: departments[one.code] for one in simulated.grids}
    loader = Loader(organisation, versions, places, batches[0].answers.schema)
    done = 0
    for batch in batches:
        phones = _phones(batch)
        done += loader.load(batch.answers, batch.ratings, phones)
        say(f"loaded {done:,} responses")
    asking.add_programmes(organisation)
    with transaction.atomic():
        say(f"opened {add_cases(organisation, manager)} cases")
    say("writing the lake")
    sync_organisation(organisation=organisation)
    operator.truth.save(Path(settings.HOME) / "demo-truth.json")
    return organisation


def _phones(batch: Batch) -> dict[str, str]:
    columns = (
        batch.customers.column(name).to_pylist() for name in ("customer", "phone")
    )
    return dict(zip(*columns, strict=True))


def _asked(batches: list[Batch]) -> dict[str, list[dict[str, Any]]]:
    """Return the items of every instrument, its main question first."""
    names = ["instrument", "item", "metric", "scale_min", "scale_max"]
    names += ["detractor_max", "promoter_min"]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for table in (t for b in batches for t in (b.answers, b.ratings)):
        for row in table.select(names).group_by(names).aggregate([]).to_pylist():
            found.setdefault(row["instrument"], {}).setdefault(row["item"], row)
    return {code: list(items.values()) for code, items in found.items()}


def _name(organisation: Organisation, batches: list[Batch]) -> None:
    names = dict(Touchpoint.objects.of(organisation).values_list("code", "name"))
    instruments.name_instruments(organisation, names)
    waves = (
        pair
        for batch in batches
        for pair in zip(
            batch.answers.column("wave").to_pylist(),
            batch.answers.column("responded_at").to_pylist(),
            strict=True,
        )
    )
    instruments.add_waves(organisation, instruments.spans_of(waves))


def _path() -> Path:
    return Path(settings.HOME) / "demo.json"


def _new_password() -> str:
    """Make the password of this installation's demo logins and keep it."""
    password = f"zhiyin-{secrets.token_hex(4)}"
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"password": password}), encoding="utf-8")
    os.chmod(path, 0o600)  # noqa: PTH101
    return password


def _logins(organisation: Organisation) -> Logins:
    path = _path()
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    addresses: dict[str, str] = {}
    for person in Person.objects.filter(
        organisation=organisation, is_active=True
    ).order_by("pk"):
        for role in person.roles:
            addresses.setdefault(role, person.email)
    ordered = {role: addresses[role] for role in Role.values if role in addresses}
    return Logins(kept.get("password", ""), ordered)
