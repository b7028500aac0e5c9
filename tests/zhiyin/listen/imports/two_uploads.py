"""Two people upload at the same moment, then both imports run; started as a program.

A process of its own, because the database of the tests is in memory and this is about
two writers of one file.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

ROWS = 3000
told: list[str] = []


def at_once(work: Callable[[str], str]) -> None:
    """Do the same for both files in two threads."""

    def one(name: str) -> None:
        told.append(work(name))
        connection.close()

    threads = [threading.Thread(target=one, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def upload(name: str) -> str:
    """Upload a file through the page; return the status."""
    from zhiyin.accounts.models import Person

    rows = "".join(f"{place % 11},{name}\n" for place in range(ROWS))
    file = SimpleUploadedFile(f"{name}.csv", f"nps,region\n{rows}".encode())
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Person.objects.get())
    return str(client.post("/listen/imports/new/", {"files": file}).status_code)


def run(name: str) -> str:
    """Import a file to its end; return how it ended."""
    from zhiyin.listen.imports import services
    from zhiyin.listen.imports.models import Import

    batch = Import.objects.get(files__name=f"{name}.csv")
    mapping = replace(services.guess_mapping(batch), date="2026-05-01")
    services.save_mapping(batch=batch, mapping=mapping)
    queued = services.start_import(batch=batch, by=None)
    return str(services.run_to_end(queued, lambda _batch: None).status)


def main() -> None:
    """Upload twice at once, import both at once, write what became of them."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from zhiyin.accounts.models import Organisation, Person, Role, RoleAssignment
    from zhiyin.listen.imports.models import Import
    from zhiyin.listen.responses.models import Response

    organisation = Organisation.objects.create(code="o", name="O", brand="O")
    person = Person.objects.create_user("p@o.example", None, organisation=organisation)
    RoleAssignment.objects.create(person=person, role=Role.CX_MANAGER)
    at_once(upload)
    at_once(run)
    accepted = sum(Import.objects.values_list("rows_accepted", flat=True))
    sys.stdout.write(" ".join([*told, str(accepted), str(Response.objects.count())]))


if __name__ == "__main__":
    main()
