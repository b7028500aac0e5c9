"""A message as RFC 5322 wants it, and what may not get into its headers."""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime

from zhiyin.channels.base import Outgoing, PermanentError
from zhiyin.channels.base import gettext_noop as _

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
LONGEST_URL = 900
_LOCAL = re.compile(
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$"
)
_DOMAIN = re.compile(
    r"^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*"
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def read_address(text: str) -> str:
    """Return a mail address with its domain in ASCII; raises ValueError."""
    local, at, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        ascii_domain = ""
    is_well_formed = (
        at
        and _LOCAL.match(local)
        and len(local) <= LONGEST_LOCAL_PART
        and _DOMAIN.match(ascii_domain)
    )
    address = f"{local}@{ascii_domain}"
    if not is_well_formed or len(address) > LONGEST_ADDRESS:
        raise ValueError(_("A mail address looks like name@company.example."))
    return address


def one_line(text: str, what: str) -> str:
    """Return the text; a line break in a header would begin another header."""
    if _CONTROL.search(text):
        message = f"{what} may not contain a line break or a control character"
        raise PermanentError(message)
    return text


def message_id(reference: str, sender: str) -> str:
    """Return the Message-ID of a message of ours, the same at every attempt."""
    return f"<{reference}@{sender.rpartition('@')[2] or 'localhost'}>"


def compose(outgoing: Outgoing, sender: str, sender_name: str) -> bytes:
    """Return the message as it is sent; raises PermanentError."""
    # Seven bits, because not every server on the way takes eight.
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    try:
        message["From"] = Address(one_line(sender_name, "the sender"), addr_spec=sender)
        message["To"] = Address(addr_spec=one_line(outgoing.to, "the address"))
    except (ValueError, IndexError) as error:
        text = f"the address cannot stand in a mail: {error}"
        raise PermanentError(text) from error
    message["Subject"] = one_line(outgoing.subject, "the subject")
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = message_id(outgoing.reference, sender)
    # Answering machines stay silent to what says that no person wrote it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(outgoing.body)
    if outgoing.html:
        message.add_alternative(outgoing.html, subtype="html")
    return _way_out(outgoing.unsubscribe_url) + message.as_bytes()


def _way_out(url: str) -> bytes:
    """Return the headers of RFC 2369 and, over TLS only, of RFC 8058.

    They are written by hand: a long address would be folded or encoded like words.
    """
    if not url:
        return b""
    what = "the address to unsubscribe"
    if not url.isascii() or len(url) > LONGEST_URL or set(url) & set("<> "):
        text = f"{what} is no plain web address"
        raise PermanentError(text)
    lines = f"List-Unsubscribe: <{one_line(url, what)}>\r\n"
    if url.startswith("https://"):
        lines += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return lines.encode()
