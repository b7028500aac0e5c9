"""What `command_status` means for a text (SMPP 3.4, section 5.1.3)."""

from __future__ import annotations

from zhiyin.channels.sms.contract import (
    PermanentSmsError,
    SmsError,
    SmsLoginError,
    TemporarySmsError,
)

OK = 0x00000000
INVALID_COMMAND = 0x00000003
INVALID_BIND_STATE = 0x00000004
SYSTEM_ERROR = 0x00000008
QUEUE_FULL = 0x00000014
THROTTLED = 0x00000058
TEMPORARY_APPLICATION_ERROR = 0x00000064

NAMES = {
    0x01: "ESME_RINVMSGLEN",
    0x02: "ESME_RINVCMDLEN",
    0x03: "ESME_RINVCMDID",
    0x04: "ESME_RINVBNDSTS",
    0x05: "ESME_RALYBND",
    0x06: "ESME_RINVPRTFLG",
    0x07: "ESME_RINVREGDLVFLG",
    0x08: "ESME_RSYSERR",
    0x0A: "ESME_RINVSRCADR",
    0x0B: "ESME_RINVDSTADR",
    0x0C: "ESME_RINVMSGID",
    0x0D: "ESME_RBINDFAIL",
    0x0E: "ESME_RINVPASWD",
    0x0F: "ESME_RINVSYSID",
    0x11: "ESME_RCANCELFAIL",
    0x13: "ESME_RREPLACEFAIL",
    0x14: "ESME_RMSGQFUL",
    0x15: "ESME_RINVSERTYP",
    0x33: "ESME_RINVNUMDESTS",
    0x34: "ESME_RINVDLNAME",
    0x40: "ESME_RINVDESTFLAG",
    0x42: "ESME_RINVSUBREP",
    0x43: "ESME_RINVESMCLASS",
    0x44: "ESME_RCNTSUBDL",
    0x45: "ESME_RSUBMITFAIL",
    0x48: "ESME_RINVSRCTON",
    0x49: "ESME_RINVSRCNPI",
    0x50: "ESME_RINVDSTTON",
    0x51: "ESME_RINVDSTNPI",
    0x53: "ESME_RINVSYSTYP",
    0x54: "ESME_RINVREPFLAG",
    0x55: "ESME_RINVNUMMSGS",
    0x58: "ESME_RTHROTTLED",
    0x61: "ESME_RINVSCHED",
    0x62: "ESME_RINVEXPIRY",
    0x63: "ESME_RINVDFTMSGID",
    0x64: "ESME_RX_T_APPN",
    0x65: "ESME_RX_P_APPN",
    0x66: "ESME_RX_R_APPN",
    0x67: "ESME_RQUERYFAIL",
    0xC0: "ESME_RINVOPTPARSTREAM",
    0xC1: "ESME_ROPTPARNOTALLWD",
    0xC2: "ESME_RINVPARLEN",
    0xC3: "ESME_RMISSINGOPTPARAM",
    0xC4: "ESME_RINVOPTPARAMVAL",
    0xFE: "ESME_RDELIVERYFAILURE",
    0xFF: "ESME_RUNKNOWNERR",
}
TEMPORARY = frozenset(
    {
        INVALID_BIND_STATE,
        SYSTEM_ERROR,
        QUEUE_FULL,
        THROTTLED,
        TEMPORARY_APPLICATION_ERROR,
    }
)


def name_of(status: int) -> str:
    """Name of a status, or its number where the specification has none."""
    return NAMES.get(status, f"status 0x{status:08X}")


def login_error(status: int) -> SmsError:
    """Why a bind was not accepted."""
    if status in TEMPORARY - {INVALID_BIND_STATE}:
        return TemporarySmsError(f"The gateway is not ready: {name_of(status)}.")
    return SmsLoginError(
        f"The gateway refused the login with {name_of(status)}. Check the system id, "
        "the password, the system type and the address we connect from."
    )


def submit_error(status: int, *, also: frozenset[int] = frozenset()) -> SmsError:
    """Why a text was not accepted; `also` are a vendor's own temporary codes."""
    message = f"The gateway refused the text with {name_of(status)}."
    kind = TemporarySmsError if status in TEMPORARY | also else PermanentSmsError
    return kind(message)
