"""What the gateway's codes mean (CMPP 2.0 and 3.0, sections 7.4.1.2 and 7.4.3.2)."""

from __future__ import annotations

from zhiyin.channels.sms.contract import (
    STATE_OF_WORD,
    PermanentSmsError,
    ReportState,
    SmsError,
    SmsLoginError,
    TemporarySmsError,
)

OK = 0
REPEATED_SEQUENCE = 3
FLOW_CONTROL = 8

LOGIN_NAMES = {
    1: "the message is malformed",
    2: "the source address is not allowed",
    3: "the authentication failed",
    4: "the version is too high",
    5: "another error",
}
SUBMIT_NAMES = {
    1: "the message is malformed",
    2: "the command is wrong",
    3: "the sequence number is repeated",
    4: "the length is wrong",
    5: "the fee code is wrong",
    6: "the text is too long",
    7: "the service code is wrong",
    8: "flow control",
    9: "the gateway does not serve the number to be charged",
    10: "Src_Id is wrong",
    11: "Msg_src is wrong",
    12: "Fee_terminal_Id is wrong",
    13: "Dest_terminal_Id is wrong",
}
TEMPORARY = frozenset({REPEATED_SEQUENCE, FLOW_CONTROL})


def login_error(status: int) -> SmsError:
    """Why a login was not accepted."""
    return SmsLoginError(
        f"The gateway refused the login: {_named(LOGIN_NAMES, status)}. Check the "
        "enterprise code, the shared secret, the version, this machine's clock and "
        "the address we connect from."
    )


def submit_error(result: int, *, also: frozenset[int] = frozenset()) -> SmsError:
    """Why a text was not accepted; `also` are a vendor's own temporary codes."""
    message = f"The gateway refused the text: {_named(SUBMIT_NAMES, result)}."
    kind = TemporarySmsError if result in TEMPORARY | also else PermanentSmsError
    return kind(message)


def state_of(stat: str) -> ReportState:
    """State of a report's `Stat`.

    Besides the seven words there are codes of the networks behind the gateway, such
    as MA:0001, MK:0010 or DB:0119: all of them say that the text did not arrive.
    """
    known = STATE_OF_WORD.get(stat.upper())
    if known is not None:
        return known
    return ReportState.UNDELIVERABLE if stat else ReportState.UNKNOWN


def _named(names: dict[int, str], code: int) -> str:
    return f"{names.get(code, 'an unnamed error')} ({code})"
