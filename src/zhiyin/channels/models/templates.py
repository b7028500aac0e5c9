"""Templates: what a message says, in every language, with slots to fill."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.channels.models.messages import MessageClass

SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
FIELD = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]{0,39})\s*[:：]\s*(\S.*?)\s*")
LINK = "link"


class Medium(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("e-mail")
    WECHAT = "wechat", _("WeChat")
    WECOM = "wecom", _("WeCom")


class MessageTemplate(OrganisationOwned):
    """A text with slots such as {link}; `texts` maps a language to what it says."""

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    medium = models.CharField(_("channel"), max_length=10, choices=Medium.choices)
    message_class = models.CharField(
        _("class"),
        max_length=10,
        choices=MessageClass.choices,
        default=MessageClass.SURVEY,
    )
    texts = models.JSONField(default=dict)
    # The code under which a cloud approved this text; without one it is sent as is.
    provider_code = models.CharField(
        _("approved template of the cloud"),
        max_length=60,
        blank=True,
    )
    # What stands in the fields of the approved text, a line each: thing1: {shop}.
    provider_fields = models.TextField(
        _("fields of the approved template"),
        max_length=2000,
        blank=True,
        default="",
    )
    is_archived = models.BooleanField(_("archived"), default=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = VisibleQuerySet["MessageTemplate"].as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="message_template_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slots(self) -> list[str]:
        """Return the names of all slots, in the order in which they first stand."""
        texts = [
            str(part)
            for language in sorted(self.texts)
            for part in (self.texts[language] or {}).values()
        ]
        texts += self.fields_filled.values()
        return list(dict.fromkeys(SLOT.findall("\n".join(texts))))

    @property
    def fields_filled(self) -> dict[str, str]:
        """Return what stands in each field of the approved template."""
        lines = map(FIELD.fullmatch, self.provider_fields.splitlines())
        return {found.group(1): found.group(2) for found in lines if found}

    def parameters(self, body: str, values: Mapping[str, str]) -> dict[str, str]:
        """Return what a provider puts into the approved text, in the text's order.

        Without fields these are the slots of the body. The link goes along with
        fields, because a tap on the message opens it.
        """
        if not self.provider_fields.strip():
            return {name: str(values.get(name, "")) for name in SLOT.findall(body)}
        filled = {
            name: SLOT.sub(lambda found: str(values.get(found.group(1), "")), text)
            for name, text in self.fields_filled.items()
        }
        return ({LINK: str(values[LINK])} if LINK in values else {}) | filled

    def text_in(self, language: str) -> tuple[str, str]:
        """Return subject and body in a language, or in the first that there is."""
        order = [language, *sorted(self.texts)]
        for each in order:
            said: dict[str, str] = self.texts.get(each) or {}
            if said.get("body"):
                return said.get("subject", ""), said["body"]
        return "", ""
