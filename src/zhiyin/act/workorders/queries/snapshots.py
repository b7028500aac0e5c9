"""A case in plain values: as it is compared, and as the other system reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhiyin.act.cases.models import Case, CaseComment
from zhiyin.act.workorders.models import Field, WorkOrder, WorkOrderSystem
from zhiyin.common.conditions import holds
from zhiyin.common.masking import mask_words

FACTS = (
    "level",
    "state",
    "source",
    "department",
    "touchpoint",
    "value_tier",
    "class",
    "causes",
)
"""What the condition of a system may ask about a case."""

LARGEST_COMMENTS = 50
_WORDS = {Field.SUMMARY, Field.ACTION_TAKEN}
_TOLD = {None: "", True: "yes", False: "no"}


def snapshot(case: Case) -> dict[str, Any]:
    """Return every exchanged field as text or a list of texts, numbers masked."""
    causes = case.causes.select_related("cause").order_by("-is_primary", "pk")
    return {
        Field.STATE: case.state,
        Field.LEVEL: case.level.code,
        Field.SUMMARY: mask_words(case.summary),
        Field.DEPARTMENT: case.department.code if case.department else "",
        Field.OWNER: case.owner.email if case.owner else "",
        Field.NEED_TYPE: case.need_type,
        Field.CAUSES: [each.cause.code for each in causes],
        Field.ACTION_TAKEN: mask_words(case.action_taken),
        Field.CONTACT_RESULT: case.contact_result,
        Field.CUSTOMER_TOLD: _TOLD[case.customer_told],
    }


def belongs(system: WorkOrderSystem, case: Case) -> bool:
    """Tell whether a case is one that the system gets."""
    values = snapshot(case)
    facts = {name: values.get(name) for name in FACTS}
    facts["source"] = case.source
    facts["touchpoint"] = case.touchpoint
    facts["value_tier"] = case.value_tier
    facts["class"] = case.given_class
    return holds(system.condition, facts)


def named(system: WorkOrderSystem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return our values under their names and with their words for states."""
    told = dict(values)
    state = told.get(Field.STATE)
    if state is not None:
        told[Field.STATE] = system.states_out.get(state, state)
    return {system.names.get(name, name): value for name, value in told.items()}


def read(system: WorkOrderSystem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return their values under our names and with our words for states.

    Names that stand for nothing of ours are left out.
    """
    ours = {theirs: name for name, theirs in system.names.items()}
    heard = {}
    for name, value in values.items():
        field = ours.get(name, name)
        if field in Field.values:
            # What we told came masked; it is compared as it was told.
            heard[field] = mask_words(value) if field in _WORDS else value
    state = heard.get(Field.STATE)
    if isinstance(state, str):
        heard[Field.STATE] = system.states_in.get(state, state)
    return heard


def payload(
    order: WorkOrder, values: Mapping[str, Any], comments: Iterable[CaseComment]
) -> dict[str, Any]:
    """Return what the other system is told of a case; the customer stays masked."""
    case = order.case
    return {
        "number": case.number,
        "external_id": order.external_id,
        "version": case.version,
        "customer": case.customer.key_masked if case.customer else "",
        "opened_at": case.opened_at.isoformat(),
        "contact_by": case.contact_by.isoformat() if case.contact_by else None,
        "resolve_by": case.resolve_by.isoformat() if case.resolve_by else None,
        "fields": named(order.system, values),
        "comments": [
            {
                "id": comment.pk,
                "at": comment.at.isoformat(),
                "by": comment.person.name if comment.person else "",
                "text": mask_words(comment.text),
            }
            for comment in comments
        ],
    }
