"""Many people, and one person many times, answering at one moment.

Run as a program with `ZHIYIN_HOME` and `DATABASE_URL` set, so that the database is a
file or a server of its own and every thread has its own connection. Prints what is
in the database afterwards as JSON.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable

import django

CLICKS = 8


def at_once(actions: list[Callable[[], int]]) -> list[int]:
    """Run all actions at one moment, each in its own thread; return their results."""
    from django.db import connections

    barrier = threading.Barrier(len(actions))
    results: list[int] = []

    def run(action: Callable[[], int]) -> None:
        barrier.wait()
        try:
            results.append(action())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(results)


def stamp_at(address: str) -> str:
    from django.test import Client

    page = Client().get(address).content.decode()
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    assert found
    return found.group(1)


def click(address: str, score: int, stamp: str) -> Callable[[], int]:
    from django.test import Client

    def act() -> int:
        sent = Client().post(address, {"score": score, "stamp": stamp})
        return int(sent.status_code)

    return act


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation
    from zhiyin.listen.programs.models import LinkTraffic
    from zhiyin.listen.programs.services import (
        Invitee,
        create_invitations,
        create_link,
    )
    from zhiyin.listen.responses.models import Answer, Response
    from zhiyin.listen.surveys.services import create_standard_instrument

    call_command("migrate", verbosity=0)
    home = Organisation.objects.create(code="huaxing", name="华星", brand="华星")
    instrument = create_standard_instrument(organisation=home)
    link = create_link(organisation=home, instrument=instrument, name="官网")
    made = create_invitations(link=link, invitees=[Invitee("13800138000")])
    personal = f"/s/{link.slug}/{made.tokens[0][1]}/"
    public = f"/s/{link.slug}/"

    stamp = stamp_at(personal)
    report = {
        "personal_statuses": at_once(
            [click(personal, n, stamp) for n in range(CLICKS)]
        ),
        "personal_responses": Response.objects.count(),
        "personal_answers": Answer.objects.count(),
    }
    stamp = stamp_at(public)
    report["public_statuses"] = at_once(
        [click(public, n, stamp) for n in range(CLICKS)],
    )
    report["after_one_visit"] = Response.objects.count()
    stamps = [stamp_at(public) for _ in range(CLICKS)]
    at_once([click(public, 9, each) for each in stamps])
    report["after_many_visits"] = Response.objects.count()
    report["primary_answers"] = Answer.objects.filter(is_primary=True).count()
    counts = LinkTraffic.objects.values_list("count", flat=True)
    report["counted"] = sum(counts)
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiyin.site.settings")
    main()
