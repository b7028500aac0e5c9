"""What an invitation says: a template's text, or the question itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhiyin.channels.models.templates import SLOT
from zhiyin.channels.queries import fill as fill_template
from zhiyin.listen.programs.models import Channel, Invitation
from zhiyin.listen.programs.queries.links import wording_slots
from zhiyin.listen.programs.queries.tokens import personal_url
from zhiyin.listen.programs.queries.ways import Way
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot
from zhiyin.listen.surveys.queries import fill as fill_wording

MOST_POINTS = 11
BUTTON = (
    "display:inline-block;min-width:28px;padding:8px 4px;margin:2px;border:1px solid"
    " #c8ccd0;border-radius:4px;text-align:center;text-decoration:none;color:#1f2933"
)


@dataclass(frozen=True)
class Said:
    """The words of one message."""

    subject: str
    body: str
    html: str = ""
    # What fills the numbered slots where a cloud approved the text.
    parameters: Mapping[str, str] = field(default_factory=dict)


def language_for(version: VersionSnapshot, *wanted: str) -> str:
    """Return the first language wanted that the questionnaire speaks."""
    known = [code for code in wanted if code in version.languages]
    return (known or list(version.languages) or ["zh-hans"])[0]


def words_of(
    way: Way,
    invitation: Invitation,
    version: VersionSnapshot,
    *,
    is_reminder: bool = False,
) -> Said:
    """Return what the customer reads, in the invitation's language."""
    language = invitation.language
    subject, body = way.template.text_in(language) if way.template else ("", "")
    with translation.override(language):
        if not body:
            subject, body = _standard(way, version.primary, is_reminder=is_reminder)
        slots = _slots(way, invitation, version)
        said = _filled(subject, body, slots, version.primary.points)
    if way.channel == Channel.EMAIL:
        return said
    parameters = way.template.parameters(body, slots) if way.template else {}
    if way.channel not in {Channel.WECHAT, Channel.WECOM}:
        return Said("", said.body, parameters=parameters)
    # The whole message opens the questionnaire at a tap.
    parameters["link"] = slots["link"]
    return Said(said.subject, said.body, parameters=parameters)


def _slots(
    way: Way, invitation: Invitation, version: VersionSnapshot
) -> dict[str, str]:
    language, item = invitation.language, version.primary
    slots = wording_slots(
        invitation.link,
        language,
        brand=version.brand,
        invitation=invitation,
    )
    link = personal_url(invitation)
    wording = item.wording(language)
    return slots | {
        "question": fill_wording(str(wording.get("text", "")), slots),
        "low": str(item.scale_min if item.scale_min is not None else ""),
        "high": str(item.scale_max if item.scale_max is not None else ""),
        "best": str(wording.get("high") or (wording.get("labels") or [""])[-1]),
        "link": link,
        "opt_out": f"{link}opt-out/",
        "signature": way.account.signature,
    }


def is_answered_by_reply(item: ItemSnapshot) -> bool:
    """Tell whether a plain number in a text message answers this question."""
    return item.is_scored and 1 < len(item.points) <= MOST_POINTS


def _standard(way: Way, item: ItemSnapshot, *, is_reminder: bool) -> tuple[str, str]:
    """Return subject and body where the programme has no template of its own."""
    if way.channel == Channel.SMS and is_answered_by_reply(item):
        return "", _(
            "{question} Please reply with a number from {low} to {high} ({high} = "
            "{best}). Reply R to stop."
        )
    if way.channel != Channel.EMAIL:
        return "", _("{question} Please answer here: {link} Reply R to stop.")
    subject = _("{brand}: one short question")
    if is_reminder:
        subject = _("{brand}: your answer is still welcome")
    body = _(
        "{question}\n\n{score_links}\n\nOne click is enough, and you may add a few "
        "words: {link}\n\nIf you want no more questions from us: {opt_out}"
    )
    return subject, body


def _filled(subject: str, body: str, slots: Mapping[str, str], points: range) -> Said:
    link = slots["link"]
    listed = "\n".join(f"{point}: {link}?score={point}" for point in points)
    plain = fill_template(body, {**slots, "score_links": listed})
    # A template may name the scores in its subject; there is no room for them.
    title = fill_template(subject, {**slots, "score_links": ""})
    return Said(" ".join(title.split())[:200], plain, _html(body, slots, points))


def _html(body: str, slots: Mapping[str, str], points: range) -> str:
    buttons = format_html_join(
        "",
        '<a href="{}?score={}" style="{}">{}</a>',
        ((slots["link"], point, BUTTON, point) for point in points),
    )
    made: dict[str, SafeString] = {
        name: _as_html(name, value) for name, value in slots.items()
    }
    made["score_links"] = format_html("<div>{}</div>", buttons)
    paragraphs = []
    for part in body.split("\n\n"):
        text = SLOT.sub(lambda found: made[found.group(1)], escape(part))
        paragraphs.append(f"<p>{text.replace(chr(10), '<br>')}</p>")
    # Each piece was escaped by itself before the slots were put between them.
    return mark_safe("".join(paragraphs))  # noqa: S308


def _as_html(name: str, value: str) -> SafeString:
    if name in {"link", "opt_out"}:
        return format_html('<a href="{}">{}</a>', value, value)
    return escape(value)
