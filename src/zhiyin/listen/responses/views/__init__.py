"""Pages of responses: the customer's, and the staff's."""

from __future__ import annotations
