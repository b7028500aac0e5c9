"""Load the demo operator and say how to get in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from zhiyin.accounts.models import Role
from zhiyin.site.demo.load import load_demo


class Command(BaseCommand):
    """Make the demo operator if it is not there."""

    help = "Make the demo operator if it is not there, and print its logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--scale", type=int, default=8000)
        parser.add_argument("--reset", action="store_true")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Load, then print one login per role."""
        logins = load_demo(
            scale=options["scale"],
            reset=options["reset"],
            say=self.stdout.write,
        )
        self.stdout.write(f"\nLogins (password of all of them: {logins.password})")
        for code, address in logins.addresses.items():
            with translation.override("zh-hans"):
                chinese = str(Role(code).label)
            with translation.override("en"):
                english = str(Role(code).label)
            self.stdout.write(f"  {address:<34} {chinese} {english}")
