"""SMTP (RFC 5321) with STARTTLS or TLS, and a folder where returned mail is dropped.

What decides between "again later", "never" and "nobody knows" is the moment of the
fault: before the last dot of the message nothing was taken, whatever happens; after
it, a lost connection leaves the outcome open, and no retry may be made.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping

from zhiyin.channels.base import (
    Callback,
    CallbackAnswer,
    CallbackRefusedError,
    ChannelError,
    Config,
    Handover,
    Inbound,
    Kind,
    Outgoing,
    PermanentError,
    Setting,
    TemporaryError,
    UncertainError,
)
from zhiyin.channels.base import gettext_noop as _
from zhiyin.channels.email.bounces import read_mail
from zhiyin.channels.email.composing import compose, message_id, read_address

TIMEOUT_SECONDS = 20
OK, INTERMEDIATE, FAULTY, REFUSED = 200, 354, 400, 500
SERVICE_ENDS = 421
DROP_FOLDER, DONE_FOLDER = "returned", "returned-read"
FILES_PER_POLL = 200
LARGEST_MAIL_BYTES = 2_000_000
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def fault(code: int, reply: bytes | str, *, is_account_wide: bool) -> ChannelError:
    """Return the error of an SMTP answer: 4xx passes, 5xx stays."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    said = f"the mail server answered {code} {' '.join(text.split())}"[:500]
    kind = PermanentError if code >= REFUSED else TemporaryError
    return kind(said, is_account_wide=is_account_wide)


class EmailChannel:
    """One connection to one mail server, opened when the first message comes."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._smtp: smtplib.SMTP | None = None
        self._domain = config.sender.rpartition("@")[2]

    def send(self, outgoing: Outgoing) -> Handover:
        """Hand one message to the server."""
        data = compose(outgoing, self._config.sender, self._config.sender_name)
        smtp = self._connected()
        try:
            self._name_both_ends(smtp, outgoing.to)
            self._hand_over(smtp, data)
        except (OSError, smtplib.SMTPException) as error:
            # Everything past the last dot is caught where it happens.
            self.close()
            raise TemporaryError(
                f"the connection to the mail server was lost: {error}",
                is_account_wide=True,
            ) from error
        except ChannelError:
            self.close()
            raise
        return Handover(message_id(outgoing.reference, self._config.sender))

    def poll(self) -> Iterator[Inbound]:
        """Read the mails that were dropped into the account's folder."""
        folder = self._config.folder / DROP_FOLDER
        if not folder.is_dir():
            return
        done = self._config.folder / DONE_FOLDER
        done.mkdir(exist_ok=True, mode=0o700)
        for path in sorted(folder.iterdir())[:FILES_PER_POLL]:
            # A file that still grows carries another name in every mail spool.
            if not path.is_file() or path.is_symlink() or path.name.startswith("."):
                continue
            if path.stat().st_size <= LARGEST_MAIL_BYTES:
                yield from read_mail(path.read_bytes())
            path.rename(done / path.name)

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Refuse: mail comes back as mail."""
        text = f"mail takes no callbacks; received {len(callback.body)} bytes"
        raise CallbackRefusedError(text)

    def close(self) -> None:
        """End the session, politely where the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            # A server ends idle sessions; asking costs one line.
            try:
                if self._smtp.noop()[0] < FAULTY:
                    return self._smtp
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        try:
            self._smtp = self._open()
        except ssl.SSLError as error:
            raise PermanentError(
                f"no trusted TLS with the mail server: {error}",
                is_account_wide=True,
            ) from error
        except smtplib.SMTPResponseException as error:
            raise fault(
                error.smtp_code, error.smtp_error, is_account_wide=True
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise PermanentError(
                f"the mail server cannot do that: {error}",
                is_account_wide=True,
            ) from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise TemporaryError(
                f"the mail server {self._where()} cannot be reached: {error}",
                is_account_wide=True,
            ) from error
        return self._smtp

    def _where(self) -> str:
        settings = self._config.settings
        return f"{settings['host']}:{settings['port']}"

    def _open(self) -> smtplib.SMTP:
        settings, secrets = self._config.settings, self._config.secrets
        host, port = settings["host"], int(settings["port"])
        context = ssl.create_default_context(
            cadata=settings.get("ca_certificate") or None,
        )
        if settings["security"] == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host,
                port,
                local_hostname=self._domain,
                timeout=TIMEOUT_SECONDS,
                context=context,
            )
        else:
            smtp = smtplib.SMTP(
                host,
                port,
                local_hostname=self._domain,
                timeout=TIMEOUT_SECONDS,
            )
        try:
            if settings["security"] == "starttls":
                smtp.starttls(context=context)
            if settings.get("user"):
                smtp.login(settings["user"], secrets.get("password", ""))
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _name_both_ends(self, smtp: smtplib.SMTP, to: str) -> None:
        smtp.ehlo_or_helo_if_needed()
        back = self._config.settings.get("return_path") or self._config.sender
        code, reply = smtp.mail(back)
        if code >= FAULTY:
            raise fault(code, reply, is_account_wide=True)
        code, reply = smtp.rcpt(to)
        if code >= FAULTY:
            raise fault(code, reply, is_account_wide=code == SERVICE_ENDS)

    @staticmethod
    def _hand_over(smtp: smtplib.SMTP, data: bytes) -> None:
        code, reply = smtp.docmd("DATA")
        if code != INTERMEDIATE:
            raise fault(code, reply, is_account_wide=code == SERVICE_ENDS)
        smtp.send(stuffed(data))
        try:
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise UncertainError(
                f"the mail server was lost before it confirmed the message: {error}",
            ) from error
        if code >= FAULTY:
            raise fault(code, reply, is_account_wide=code == SERVICE_ENDS)


def stuffed(data: bytes) -> bytes:
    """Return a message as it goes over the wire: lines of CRLF, dots doubled."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    body = b"\r\n".join(b"." + line if line[:1] == b"." else line for line in lines)
    return (body if body.endswith(b"\r\n") else body + b"\r\n") + b".\r\n"


def check(settings: Mapping[str, str]) -> dict[str, str]:
    """Refuse to send a password in the clear over a network."""
    is_clear = settings.get("security") == "none"
    if is_clear and settings.get("user") and settings.get("host") not in LOOPBACK:
        return {"security": _("A password is sent only over STARTTLS or TLS.")}
    pem = settings.get("ca_certificate", "")
    if pem:
        try:
            ssl.create_default_context(cadata=pem)
        except (ssl.SSLError, ValueError):
            return {"ca_certificate": _("This is not a certificate in PEM form.")}
    return {}


KIND = Kind(
    code="email",
    label=_("E-mail (SMTP)"),
    medium="email",
    settings=(
        Setting("host", _("Mail server"), default="127.0.0.1"),
        Setting("port", _("Port"), default="587", is_number=True),
        Setting(
            "security",
            _("Encryption"),
            default="starttls",
            choices=(
                ("starttls", "STARTTLS"),
                ("tls", "TLS"),
                ("none", _("none (only inside a machine or a closed network)")),
            ),
        ),
        Setting("user", _("Login"), is_required=False),
        Setting("password", _("Password"), is_required=False, is_secret=True),
        Setting(
            "return_path",
            _("Address for returned mail"),
            _("Bounces go there. Empty: to the sender's address."),
            is_required=False,
        ),
        Setting(
            "ca_certificate",
            _("Certificate of the server's authority (PEM)"),
            _("Only where the server's certificate is not publicly trusted."),
            is_required=False,
            is_long=True,
        ),
    ),
    open=EmailChannel,
    read_address=read_address,
    count_segments=lambda _text: 1,
    most_segments=1,
    check=check,
)
