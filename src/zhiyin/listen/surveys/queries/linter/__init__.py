"""The linter: what spoils a questionnaire or a message, said before it is sent."""

from __future__ import annotations

from zhiyin.listen.surveys.queries.linter.findings import (
    REFUSE,
    RULES,
    WARN,
    Finding,
    refusals,
)
from zhiyin.listen.surveys.queries.linter.length import (
    estimated_minutes,
    question_count,
)
from zhiyin.listen.surveys.queries.linter.messages import (
    lint_message,
    message_class_of,
)
from zhiyin.listen.surveys.queries.linter.questionnaires import lint, lint_version

__all__ = [
    "REFUSE",
    "RULES",
    "WARN",
    "Finding",
    "estimated_minutes",
    "lint",
    "lint_message",
    "lint_version",
    "message_class_of",
    "question_count",
    "refusals",
]
