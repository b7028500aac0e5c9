"""How requests are signed: ACS3-HMAC-SHA256, TC3-HMAC-SHA256, and our own.

The first two follow their clouds' public descriptions and give the signatures of the
examples there. Ours signs `<seconds>.<body>` with HMAC-SHA256, for gateways and
callbacks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

TOLERANCE_SECONDS = 300
STAMP_HEADER, SIGNATURE_HEADER = "X-Zhiyin-Timestamp", "X-Zhiyin-Signature"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _query(parameters: Mapping[str, str]) -> str:
    return "&".join(
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in sorted(parameters.items())
    )


def sign_acs3(
    host: str,
    action: Mapping[str, str],
    query: Mapping[str, str],
    credential: tuple[str, str],
    body: bytes = b"",
) -> tuple[str, dict[str, str]]:
    """Return the query string and the headers of a request to Aliyun.

    `action` carries the `x-acs-` headers: action, version, date and nonce.
    """
    key_id, secret = credential
    payload = _hash(body)
    headers = {"host": host, **action, "x-acs-content-sha256": payload}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    text = _query(query)
    canonical = f"POST\n/\n{text}\n{lines}\n{names}\n{payload}"
    to_sign = f"ACS3-HMAC-SHA256\n{_hash(canonical.encode())}"
    signature = _mac(secret.encode(), to_sign).hex()
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},"
        f"Signature={signature}"
    )
    return text, headers


def sign_tc3(
    host: str,
    service: str,
    body: bytes,
    credential: tuple[str, str],
    now: dt.datetime,
) -> dict[str, str]:
    """Return the headers that sign a JSON request to Tencent Cloud."""
    key_id, secret = credential
    stamp, day = int(now.timestamp()), now.astimezone(dt.UTC).strftime("%Y-%m-%d")
    content_type = "application/json; charset=utf-8"
    names = "content-type;host"
    canonical = (
        f"POST\n/\n\ncontent-type:{content_type}\nhost:{host}\n\n{names}\n{_hash(body)}"
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{_hash(canonical.encode())}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = _mac(key, part)
    signature = _mac(key, to_sign).hex()
    return {
        "Content-Type": content_type,
        "Host": host,
        "X-TC-Timestamp": str(stamp),
        "Authorization": (
            f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, "
            f"Signature={signature}"
        ),
    }


def sign_own(body: bytes, secret: str, now: dt.datetime) -> dict[str, str]:
    """Return the two headers that sign a body with a moment."""
    stamp = str(int(now.timestamp()))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256")
    return {STAMP_HEADER: stamp, SIGNATURE_HEADER: signature.hexdigest()}


def is_signed(
    body: bytes,
    secret: str,
    headers: Mapping[str, str],
    now: dt.datetime,
) -> bool:
    """Tell whether a call carries our signature, made within five minutes."""
    known = {name.lower(): value for name, value in headers.items()}
    stamp = known.get(STAMP_HEADER.lower(), "")
    given = known.get(SIGNATURE_HEADER.lower(), "")
    if not secret or not stamp.isdecimal() or not given.isascii():
        return False
    if abs(now.timestamp() - int(stamp[:15])) > TOLERANCE_SECONDS:
        return False
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256")
    return hmac.compare_digest(expected.hexdigest(), given)
