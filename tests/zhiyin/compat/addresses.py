"""Delighted's addresses: only a token comes in, never a session."""

from __future__ import annotations

from tests.zhiyin.strangers import Address, register

KEY = "asks for a token as user name; a session opens nothing"
OPERATIONS = {
    "create_delighted_person": {},
    "list_delighted_people": {},
    "delete_delighted_person": {"identifier": "1"},
    "delete_delighted_pending": {"email": "a@mail.example"},
    "list_delighted_answers": {},
    "create_delighted_answer": {},
    "get_delighted_answer": {"identifier": "1"},
    "update_delighted_answer": {"identifier": "1"},
    "delighted_metrics": {},
    "list_delighted_unsubscribes": {},
    "create_delighted_unsubscribe": {},
    "list_delighted_bounces": {},
    "delighted_autopilot": {"rest": "email"},
}

register(
    Address("delighted-v1:api-root", public="answers that nothing is there"),
    *(
        Address(f"delighted-v1:{name}", public=KEY, kwargs=lambda _home, k=kwargs: k)
        for name, kwargs in OPERATIONS.items()
    ),
)
