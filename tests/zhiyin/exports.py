"""Addresses that hand out a file and are no export, each with its reason."""

from __future__ import annotations

NO_EXPORTS = {
    "survey-export": "a questionnaire, no answer to it",
    "link-qr": "a picture of the organisation's own address",
    "trend_chart": "a picture of what the page shows",
    "audit_proof": "checksums; no line of the log itself",
    "case-file": "one file of one case, as it was attached",
    "mfa_download_recovery_codes": "the person's own codes",
}
