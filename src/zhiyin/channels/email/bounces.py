"""What comes back by mail: reports of delivery (RFC 3464), complaints, replies."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr

from zhiyin.channels.base import Inbound

# Ours are made from a UUID: 32 hexadecimal digits before the @.
_OURS = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
LONGEST_TEXT = 2000
STATES = {"failed": "failed", "delivered": "delivered"}


def read_mail(raw: bytes) -> list[Inbound]:
    """Return what a returned mail tells; an empty list when it tells nothing.

    A report gives one event per recipient. A complaint (RFC 5965) is a wish to hear
    no more. Anything else that names a message of ours is a reply, unless a machine
    wrote it.
    """
    try:
        return _events(message_from_bytes(raw, policy=policy.default))
    except (ValueError, LookupError, AttributeError, TypeError):
        # Strangers write these mails, and the parser trips over some of them.
        return []


def _events(mail: EmailMessage) -> list[Inbound]:
    kind = mail.get_content_type()
    report = str(mail.get_param("report-type", "") or "").lower()
    if kind == "multipart/report" and report == "delivery-status":
        return _reports(mail)
    if kind == "multipart/report" and report == "feedback-report":
        return _complaint(mail)
    return _reply(mail)


def _reference(mail: Message) -> str:
    """Return our reference from the returned message, or ""."""
    for part in mail.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            found = _OURS.search(_as_text(part))
            if found:
                return found.group(1)
    return ""


def _as_text(part: Message) -> str:
    inner = part.get_payload()
    if isinstance(inner, list):
        # Only the header: the body of the returned message is not ours to read.
        return "\n".join(
            str(each.get("Message-ID", ""))
            for each in inner
            if isinstance(each, Message)
        )
    data = part.get_payload(decode=True)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(inner)


def _reports(mail: Message) -> list[Inbound]:
    reference = _reference(mail)
    found: list[Inbound] = []
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        found += [
            _report(block, reference)
            for block in (blocks if isinstance(blocks, list) else [])
            if isinstance(block, Message) and block.get("Final-Recipient")
        ]
    return found


def _report(block: Message, reference: str) -> Inbound:
    recipient = str(block.get("Original-Recipient") or block["Final-Recipient"])
    address = recipient.partition(";")[2].strip() or recipient.strip()
    action = str(block.get("Action", "")).strip().lower()
    status = str(block.get("Status", "")).strip()
    diagnostic = str(block.get("Diagnostic-Code", "")).strip()
    state = STATES.get(action, "")
    code = _STATUS.search(status)
    return Inbound(
        kind="report" if state == "delivered" else "bounce",
        sender=address,
        text=" ".join(diagnostic.split())[:LONGEST_TEXT],
        reference=reference,
        state=state,
        error=code.group(0) if code else status[:200],
        external_id=f"{reference}:{address}:{action}:{status}" if reference else "",
    )


def _complaint(mail: Message) -> list[Inbound]:
    reference = _reference(mail)
    if not reference:
        return []
    return [
        Inbound(
            kind="opt_out",
            text="complaint",
            reference=reference,
            external_id=f"{reference}:complaint",
        ),
    ]


def _reply(mail: EmailMessage) -> list[Inbound]:
    about = f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}"
    found = _OURS.search(about)
    by_machine = str(mail.get("Auto-Submitted", "no")).lower() != "no"
    if not found or by_machine or mail.get("X-Autoreply"):
        return []
    body = mail.get_body(("plain", "html"))
    try:
        text = str(body.get_content()) if body is not None else ""
    except (LookupError, ValueError):
        text = ""
    return [
        Inbound(
            kind="reply",
            sender=parseaddr(str(mail.get("From", "")))[1],
            text=text.strip()[:LONGEST_TEXT],
            reference=found.group(1),
            external_id=str(mail.get("Message-ID", "")).strip()[:200],
        ),
    ]
