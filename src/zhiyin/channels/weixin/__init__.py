"""What the two platforms of WeChat share: signatures, encryption, tokens, notices.

Written from the platforms' public descriptions. No kind of channel itself.
"""

from __future__ import annotations

from zhiyin.channels.weixin.calling import Faults, Line, TokenRequest
from zhiyin.channels.weixin.notices import Keys, read_call

__all__ = ["Faults", "Keys", "Line", "TokenRequest", "read_call"]
