"""What the ways people are reached and answer by are called."""

from __future__ import annotations

from django.utils.translation import gettext as _


def channel_names() -> dict[str, str]:
    """Return what channels are called."""
    return {
        "link": _("link"),
        "sms": _("SMS"),
        "email": _("e-mail"),
        "web": _("web page"),
        "app": _("app"),
        "call": _("call"),
        "ivr": _("IVR"),
        "qr": _("QR code"),
        "wechat": _("WeChat"),
        "wecom": _("WeCom"),
        "chat": _("chat"),
        "import": _("import"),
        "kiosk": _("kiosk"),
        "widget": _("web widget"),
    }
