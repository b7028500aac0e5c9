"""Many texts through one client, as many at once as its window allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from zhiyin.channels.sms.contract import SmsClient, SmsError


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text to send; `reference` is the sender's own key."""

    to: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a text: the identifiers of its parts, or why there are none."""

    sent: OutgoingText
    identifiers: tuple[str, ...] = ()
    error: SmsError | None = None


def send_all(
    client: SmsClient, texts: Iterable[OutgoingText], *, at_once: int
) -> Iterator[Outcome]:
    """Send texts in parallel and give their outcomes in the order of the texts.

    `texts` is read only as far ahead as `at_once`, so it may be a cursor over millions.
    Texts that were begun are finished even when nobody reads on.
    """
    begun: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(at_once, thread_name_prefix="sms") as pool:
        for text in texts:
            begun.append(pool.submit(_send, client, text))
            if len(begun) >= at_once:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def _send(client: SmsClient, text: OutgoingText) -> Outcome:
    try:
        identifiers = client.send(text.to, text.text, reference=text.reference)
    except SmsError as error:
        return Outcome(text, error=error)
    return Outcome(text, identifiers=tuple(identifiers))
