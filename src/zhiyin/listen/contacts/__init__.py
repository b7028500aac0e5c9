"""When and whom: touchpoints, waves, survey links and invitations."""

from __future__ import annotations
