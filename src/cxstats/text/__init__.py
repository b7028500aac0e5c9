"""What customers write, in Chinese and English, read on this machine alone.

Polarity, aspects, topics, contradictions, copies and personal data: everything works
offline with what ships in the package, and what is trained is trained in one call.
"""

from __future__ import annotations

from cxstats.text.accuracy import Accuracy
from cxstats.text.active import suggest_labels
from cxstats.text.aspect_dictionary import AspectDictionary
from cxstats.text.aspects import Aspects, Cause
from cxstats.text.clauses import Clause, split_clauses
from cxstats.text.comment_report import AspectCount, CommentsResult, comments
from cxstats.text.concordance import keyword_in_context
from cxstats.text.contradiction import Contradictions, contradictions
from cxstats.text.duplicates import Duplicates, near_duplicates
from cxstats.text.emerging import EmergingTopics, emerging_topics
from cxstats.text.language import detect_language, detect_languages
from cxstats.text.lexicon import Lexicon
from cxstats.text.polarity import Polarity
from cxstats.text.redaction import Redacted, redact, redact_all
from cxstats.text.summaries import ChatEndpoint, Summariser, SummaryError, summarise
from cxstats.text.topic_model import Topic, Topics, topics

__all__ = [
    "Accuracy",
    "AspectCount",
    "AspectDictionary",
    "Aspects",
    "Cause",
    "ChatEndpoint",
    "Clause",
    "CommentsResult",
    "Contradictions",
    "Duplicates",
    "EmergingTopics",
    "Lexicon",
    "Polarity",
    "Redacted",
    "Summariser",
    "SummaryError",
    "Topic",
    "Topics",
    "comments",
    "contradictions",
    "detect_language",
    "detect_languages",
    "emerging_topics",
    "keyword_in_context",
    "near_duplicates",
    "redact",
    "redact_all",
    "split_clauses",
    "suggest_labels",
    "summarise",
    "topics",
]
