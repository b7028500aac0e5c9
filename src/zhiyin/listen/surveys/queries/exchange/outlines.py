"""A LimeSurvey questionnaire as its two file formats both give it."""

from __future__ import annotations

from dataclasses import dataclass, field

Texts = dict[str, str]


@dataclass
class Entry:
    """A subquestion or an answer: its code and its label by language."""

    code: str
    texts: Texts
    scale: str = "0"
    relevance: str = ""


@dataclass
class Question:
    """One question with what belongs to it; texts by the file's language codes."""

    code: str
    kind: str
    group: str
    key: str = ""
    texts: Texts = field(default_factory=dict)
    helps: Texts = field(default_factory=dict)
    relevance: str = ""
    is_mandatory: bool = False
    has_other: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    rows: list[Entry] = field(default_factory=list)
    answers: list[Entry] = field(default_factory=list)


@dataclass
class Group:
    """One group of questions, which becomes a page."""

    key: str
    names: Texts = field(default_factory=dict)
    relevance: str = ""
    is_shuffled: bool = False


@dataclass
class Outline:
    """The whole file: groups and questions in order, texts of the survey."""

    groups: list[Group] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    titles: Texts = field(default_factory=dict)
    welcomes: Texts = field(default_factory=dict)
    ends: Texts = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
