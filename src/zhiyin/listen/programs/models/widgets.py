"""What leads to a survey elsewhere: widgets on other sites, codes on posters."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet
from zhiyin.common.confidential import decrypt, encrypt
from zhiyin.listen.programs.models.links import SurveyLink


class WidgetShape(models.TextChoices):
    """How a widget stands on the page."""

    POPOVER = "popover", _("small window in a corner")
    INLINE = "inline", _("inside the page")
    PAGE = "page", _("over the whole page")


class Corner(models.TextChoices):
    """Where a popover stands."""

    RIGHT = "right", _("bottom right")
    LEFT = "left", _("bottom left")


class Widget(OrganisationOwned):
    """A survey link asked on the pages of another site, by one script.

    `triggers` says when: {"urls": [...], "events": [...], "seconds": n, "scroll": n,
    "exit": true}; without any but `urls` it is asked at once. `frequency` says how
    often: {"share": percent, "after_answer": days, "after_dismissal": days}, where no
    number means never again. `said` names what the page may tell without a signature.
    """

    public_id = models.SlugField(_("public code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=120)
    link = models.ForeignKey(
        SurveyLink,
        on_delete=models.PROTECT,
        related_name="widgets",
        verbose_name=_("survey link"),
    )
    shape = models.CharField(
        _("shape"),
        max_length=7,
        choices=WidgetShape.choices,
        default=WidgetShape.POPOVER,
    )
    corner = models.CharField(
        _("corner"),
        max_length=5,
        choices=Corner.choices,
        default=Corner.RIGHT,
    )
    accent = models.CharField(_("colour"), max_length=7, default="#0b6e66")
    origins = models.JSONField(_("sites that may ask"), default=list)
    triggers = models.JSONField(_("when it is asked"), default=dict)
    frequency = models.JSONField(_("how often it is asked"), default=dict)
    said = models.JSONField(_("what the page may tell"), default=list)
    is_live = models.BooleanField(_("live"), default=False)
    secret_encrypted = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["Widget"].as_manager()

    class Meta:
        verbose_name = _("widget")
        verbose_name_plural = _("widgets")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """Return the secret with which the site's server signs who is asked."""
        return decrypt(self.secret_encrypted)

    def keep_secret(self, secret: str) -> None:
        """Set the secret; the row still has to be saved."""
        self.secret_encrypted = encrypt(secret)


class WidgetDay(models.Model):
    """How often a widget was shown and answered on one day of its organisation."""

    widget = models.ForeignKey(Widget, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    shown = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["widget", "day"], name="widget_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.shown}/{self.answered}"


class LinkCode(OrganisationOwned):
    """A printed address of a link for one department or employee.

    The code alone says whose it is: nobody can change the address to praise or blame
    somebody else without knowing the other's code.
    """

    link = models.ForeignKey(SurveyLink, on_delete=models.CASCADE, related_name="codes")
    code = models.SlugField(_("code"), max_length=16)
    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("department"),
    )
    employee = models.CharField(_("employee"), max_length=80, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    answered = models.PositiveIntegerField(_("answers"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["LinkCode"].as_manager()

    class Meta:
        verbose_name = _("printed code")
        verbose_name_plural = _("printed codes")
        ordering = ["department__path", "employee", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["link", "code"], name="link_code_once"),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, (str(self.department or ""), self.employee)))
