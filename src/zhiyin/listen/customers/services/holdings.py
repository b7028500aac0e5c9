"""What this app holds of a customer, and what channels hold, which know none."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.services import record
from zhiyin.channels.models import Message, MessageState
from zhiyin.channels.services import (
    MessageTraces,
    forget_messages,
    forget_subjects,
    messages_about,
    replies_from,
)
from zhiyin.listen.customers.models import (
    AnsweredField,
    AttributeField,
    ConsentEntry,
    ConsentState,
    ContactPoint,
    Customer,
    CustomerBefore,
    CustomerEvent,
    ForgottenCustomer,
    PortabilityChange,
    PortabilityState,
)
from zhiyin.listen.customers.queries import known_values
from zhiyin.listen.customers.services.keys import mask_key
from zhiyin.listen.customers.services.known import note_erasure
from zhiyin.listen.customers.services.personal import (
    DataSubject,
    Held,
    TryAgainError,
    Wish,
    register_personal_data,
)


def traces_of(subject: DataSubject) -> MessageTraces:
    """Return how the messages of a customer are found."""
    return MessageTraces(
        organisation_id=subject.organisation_id,
        hashes=subject.hashes,
        addresses=subject.traces,
    )


def collect_customer(subject: DataSubject) -> Iterator[Held]:
    """Yield the customer's own row."""
    for row in Customer.objects.filter(pk=subject.customer_id).select_related(
        "department"
    ):
        yield Held(
            row.created_at,
            _("You as a customer"),
            {
                _("customer key"): subject.key,
                _("audience"): row.get_audience_display(),
                _("language"): row.language,
                _("department"): str(row.department or ""),
                _("opted out"): row.opted_out_at,
            },
        )


@transaction.atomic
def erase_row(subject: DataSubject, _wish: Wish) -> int:
    """Empty the row; its keyed hash stays, so that no file brings the customer back."""
    rows = Customer.objects.filter(pk=subject.customer_id).exclude(key_encrypted=b"")
    emptied = rows.update(
        key_encrypted=b"", key_masked=mask_key(""), language="", department=None
    )
    CustomerBefore.objects.filter(customer_id=subject.customer_id).delete()
    if emptied:
        record(action="customer.erased", organisation=subject.organisation_id)
    return emptied


def collect_points(subject: DataSubject) -> Iterator[Held]:
    """Yield the addresses."""
    for point in ContactPoint.objects.filter(customer_id=subject.customer_id):
        fields = {_("address"): point.address, _("verified"): point.verified_at}
        yield Held(point.created_at, point.get_kind_display(), fields)


def erase_points(subject: DataSubject, _wish: Wish) -> int:
    """Delete the addresses."""
    rows = ContactPoint.objects.filter(customer_id=subject.customer_id)
    return rows.delete()[0]


def collect_consents(subject: DataSubject) -> Iterator[Held]:
    """Yield the lines of the ledger."""
    for line in ConsentEntry.objects.filter(customer_id=subject.customer_id):
        fields = {
            _("state"): line.get_state_display(),
            _("channel"): line.channel,
            _("notice"): line.notice_version,
            _("evidence"): line.evidence,
        }
        yield Held(line.recorded_at, line.get_purpose_display(), fields)


def erase_consents(subject: DataSubject, _wish: Wish) -> int:
    """Delete what was agreed to; refusals stay, without their evidence."""
    lines = ConsentEntry.objects.filter(customer_id=subject.customer_id)
    refusals = lines.filter(state__in=[ConsentState.REFUSED, ConsentState.WITHDRAWN])
    refusals.update(evidence="")
    return lines.exclude(pk__in=refusals.values("pk")).delete()[0]


def collect_events(subject: DataSubject) -> Iterator[Held]:
    """Yield what happened."""
    for event in CustomerEvent.objects.filter(customer_id=subject.customer_id):
        fields = {_("employee"): event.employee, **event.attributes}
        yield Held(event.occurred_at, event.kind, fields)
    for step in PortabilityChange.objects.filter(customer_id=subject.customer_id):
        yield Held(step.at, step.get_step_display())


def erase_events(subject: DataSubject, _wish: Wish) -> int:
    """Delete what happened."""
    PortabilityChange.objects.filter(customer_id=subject.customer_id).delete()
    Customer.objects.filter(pk=subject.customer_id).update(
        mnp_state=PortabilityState.NONE, mnp_since=None
    )
    rows = CustomerEvent.objects.filter(customer_id=subject.customer_id)
    return rows.delete()[0]


def collect_known(subject: DataSubject) -> Iterator[Held]:
    """Yield what files told about the customer."""
    for row in Customer.objects.filter(pk=subject.customer_id):
        names = dict(
            AttributeField.objects.of(subject.organisation_id).values_list(
                "code", "label"
            )
        )
        for value in known_values(row):
            label = names.get(value.code, value.code)
            yield Held(
                None, label, {_("value"): value.value, _("as of"): str(value.as_of)}
            )
    said = AnsweredField.objects.filter(customer_id=subject.customer_id)
    for each in said.select_related("field"):
        yield Held(each.answered_at, each.field.label, {_("value"): each.value})


def erase_known(subject: DataSubject, _wish: Wish) -> int:
    """Put the customer's rows out of reach; the files are rewritten soon after."""
    count = sum(1 for _each in collect_known(subject))
    AnsweredField.objects.filter(customer_id=subject.customer_id).delete()
    note_erasure(
        organisation_id=subject.organisation_id, customer_ids=[subject.customer_id]
    )
    return count


def known_is_gone(organisation_id: int, customer_id: int) -> bool:
    """Tell whether no file holds the customer any more."""
    waiting = ForgottenCustomer.objects.of(organisation_id)
    return not waiting.filter(customer_number=customer_id).exists()


def collect_messages(subject: DataSubject) -> Iterator[Held]:
    """Yield what was sent, and what came back."""
    traces = traces_of(subject)
    for message in messages_about(traces).order_by("pk"):
        fields = {
            _("receiver"): message.address,
            _("state"): message.get_state_display(),
            _("subject"): message.subject,
            _("text"): message.content.get("body", ""),
        }
        yield Held(message.created_at, message.get_message_class_display(), fields)
    for reply in replies_from(traces).order_by("pk"):
        fields = {_("from"): reply.sender, _("text"): reply.text}
        yield Held(reply.received_at, reply.get_kind_display(), fields)


def erase_messages(subject: DataSubject, _wish: Wish) -> int:
    """Take addresses and words from messages and replies; what waits is cancelled."""
    traces = traces_of(subject)
    if messages_about(traces).filter(state=MessageState.SENDING).exists():
        raise TryAgainError(str(Message._meta.verbose_name))  # noqa: SLF001
    count = forget_messages(traces=traces)
    forget_subjects(
        organisation_id=subject.organisation_id,
        subjects=[f"customer:{subject.customer_id}"],
    )
    return count


def register_places() -> None:
    """Say what is held here; what hangs on the customer's row comes after it."""
    register_personal_data(
        "customer",
        label=gettext_lazy("Customer"),
        collect=collect_customer,
        erase=erase_row,
        stays=gettext_lazy(
            "a keyed hash of the key, so that no file brings the customer back"
        ),
    )
    register_personal_data(
        "contact_points",
        label=gettext_lazy("Addresses"),
        collect=collect_points,
        erase=erase_points,
        stays=gettext_lazy(
            "a keyed hash of each address, so that nothing is sent there"
        ),
    )
    register_personal_data(
        "consents",
        label=gettext_lazy("Consent ledger"),
        collect=collect_consents,
        erase=erase_consents,
        stays=gettext_lazy("the lines of refusal, without their evidence"),
    )
    register_personal_data(
        "events",
        label=gettext_lazy("Events"),
        collect=collect_events,
        erase=erase_events,
    )
    register_personal_data(
        "known",
        label=gettext_lazy("Data known of the customer"),
        collect=collect_known,
        erase=erase_known,
        is_gone=known_is_gone,
    )
    register_personal_data(
        "messages",
        label=gettext_lazy("Messages and replies"),
        collect=collect_messages,
        erase=erase_messages,
        stays=gettext_lazy("that messages were sent, when, and what they cost"),
    )
