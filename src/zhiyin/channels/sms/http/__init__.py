"""Cloud text messages over signed HTTP: Aliyun, Tencent, and a gateway of one's own."""

from __future__ import annotations

from zhiyin.channels.sms.http.channel import KIND

__all__ = ["KIND"]
