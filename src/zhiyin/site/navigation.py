"""What the rail shows: every page that can be reached, in the order of the loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.services import count_waiting_approvals


@dataclass(frozen=True)
class Entry:
    """One page of the rail."""

    label: str | Promise
    url_name: str
    permission: str | None = None
    or_permission: str | None = None
    # Pages reached by this page's tabs: the rail shows this entry for them too.
    tabs: tuple[str, ...] = ()
    # How many things wait there for the person; shown as a number beside the label.
    waiting: Callable[[Person], int] | None = None

    @property
    def url(self) -> str:
        """Return the page's address."""
        return reverse(self.url_name)

    @property
    def urls(self) -> list[str]:
        """Return its address and those of its tabs."""
        return [self.url, *(reverse(name) for name in self.tabs)]

    def is_for(self, person: Person) -> bool:
        """Tell whether the person may use the page, by either permission."""
        if self.permission is None:
            return True
        known = (self.permission, self.or_permission)
        return any(one is not None and person.may(one) for one in known)


@dataclass(frozen=True)
class Section:
    """A stage of the loop with its pages."""

    code: str
    label: str | Promise
    icon: str
    entries: tuple[Entry, ...]

    def shown_to(self, person: Person) -> Section:
        """Return the section with only what the person may use."""
        kept = tuple(entry for entry in self.entries if entry.is_for(person))
        return Section(self.code, self.label, self.icon, kept)


SECTIONS = (
    Section("home", _("Home"), "home", (Entry(_("Home"), "home"),)),
    Section(
        "listen",
        _("Listen"),
        "ear",
        (
            Entry(_("Responses"), "responses", Permission.SEE_RESPONSES),
            Entry(_("Customers"), "customers", Permission.SEE_CUSTOMERS),
            Entry(_("Questionnaires"), "surveys", Permission.EDIT_SURVEYS),
            Entry(
                _("Programmes"),
                "programmes",
                Permission.EDIT_PROGRAMS,
                tabs=("waves", "journey", "touchpoints"),
            ),
            Entry(
                _("Survey links"),
                "links",
                Permission.EDIT_SURVEYS,
                tabs=("widgets", "ivr-sources"),
            ),
            Entry(
                _("Contact policy"),
                "contacts",
                Permission.EDIT_PROGRAMS,
                tabs=("contact-policy", "suppressions", "portability"),
            ),
            Entry(_("Data quality"), "cleaning", Permission.EXCLUDE_RESPONSES),
            Entry(_("Imports"), "imports", Permission.IMPORT_RESPONSES),
        ),
    ),
    Section(
        "analyze",
        _("Analyze"),
        "chart-bar",
        (
            Entry(_("Scores"), "scores", Permission.SEE_SCORES),
            Entry(_("Compare"), "compare", Permission.SEE_SCORES),
            Entry(_("Table"), "table", Permission.SEE_SCORES),
            Entry(_("Voices"), "voices", Permission.SEE_RESPONSES),
            Entry(_("Metric dictionary"), "metrics", Permission.SEE_SCORES),
            Entry(_("Data"), "lake", Permission.SEE_OPERATIONS),
        ),
    ),
    Section(
        "act",
        _("Act"),
        "bolt",
        (
            Entry(
                _("Alerts"),
                "alerts",
                Permission.SEE_CASES,
                tabs=("alert-rules",),
            ),
            Entry(_("Cases"), "cases", Permission.SEE_CASES),
            Entry(_("Service standards"), "service-standards", Permission.SEE_CASES),
            Entry(
                _("Case rules"),
                "case-levels",
                Permission.EDIT_CASE_RULES,
                tabs=("case-rules", "case-causes", "case-scripts", "case-settings"),
            ),
            Entry(
                _("Loop report"),
                "loop",
                Permission.SEE_SCORES,
                tabs=("praise", "closing-texts", "cause-news", "loop-settings"),
            ),
            Entry(
                _("Work orders"),
                "workorders",
                Permission.SEE_CASES,
                tabs=("workorder-systems",),
            ),
            Entry(
                _("Data protection"),
                "privacy",
                Permission.MANAGE_PRIVACY,
                tabs=(
                    "customer-fields",
                    "assessments",
                    "processors",
                    "incidents",
                    "jurisdictions",
                    "retention",
                    "privacy-settings",
                ),
            ),
        ),
    ),
    Section(
        "settings",
        _("Settings"),
        "settings",
        (
            Entry(_("My profile"), "profile"),
            Entry(_("People"), "people", Permission.MANAGE_PEOPLE),
            Entry(_("Departments"), "departments", Permission.MANAGE_DEPARTMENTS),
            Entry(
                _("Organisation"),
                "organisation",
                Permission.MANAGE_ORGANISATION,
                or_permission=Permission.EDIT_METRICS,
            ),
            Entry(_("Channels"), "channels", Permission.MANAGE_CHANNELS),
            Entry(_("Work calendars"), "calendars", Permission.EDIT_CASE_RULES),
            Entry(
                _("Approvals"),
                "approvals",
                Permission.APPROVE_REQUESTS,
                or_permission=Permission.EXPORT_DATA,
                waiting=count_waiting_approvals,
            ),
            Entry(
                _("Register of exports"),
                "exports",
                Permission.MANAGE_PRIVACY,
                or_permission=Permission.SEE_AUDIT,
            ),
            Entry(_("Audit log"), "audit", Permission.SEE_AUDIT),
        ),
    ),
)


def sections_for(person: Person) -> list[Section]:
    """Return the rail of one person."""
    shown = (section.shown_to(person) for section in SECTIONS)
    return [section for section in shown if section.entries]


__all__ = ["SECTIONS", "Entry", "Permission", "Section", "sections_for"]
