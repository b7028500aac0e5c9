"""Take in one returned mail from a file or the standard input, for mail servers."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.services import receive_mail


class Command(BaseCommand):
    help = "Take in a returned mail (a bounce, a complaint, a reply) of a sender."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "account", type=uuid.UUID, help="the sender's public number"
        )
        parser.add_argument(
            "file", nargs="?", help="the mail; without it, standard input"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        account = ChannelAccount.objects.filter(
            public_id=options["account"],
            kind="email",
        ).first()
        if account is None:
            message = f"there is no mail sender {options['account']}"
            raise CommandError(message)
        try:
            path = options["file"]
            raw = Path(path).read_bytes() if path else sys.stdin.buffer.read()
        except OSError as error:
            raise CommandError(str(error)) from error
        kept = receive_mail(account=account, raw=raw)
        self.stdout.write(f"{len(kept)} events")
