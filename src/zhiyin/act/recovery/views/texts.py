"""Settings of the loop, texts of closing cases, and news about causes."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.models import Cause
from zhiyin.act.recovery.forms import NewsForm, SettingsForm, TextsForm
from zhiyin.act.recovery.models import ClosingText
from zhiyin.act.recovery.queries import SLOTS, settings_of
from zhiyin.act.recovery.queries.concerned import customers_concerned
from zhiyin.act.recovery.queries.texts import causes_with_texts, news_sent, standard
from zhiyin.act.recovery.services import (
    save_closing_text,
    save_loop_settings,
    send_news,
)
from zhiyin.common.access import permission_required

may_edit = permission_required(Permission.EDIT_CASE_RULES)


@may_edit
def loop_settings(request: HttpRequest) -> HttpResponse:
    """Change how the loop is closed."""
    person = person_of(request)
    form = SettingsForm(
        request.POST or None,
        instance=settings_of(person.organisation_id),
        person=person,
    )
    if request.method == "POST" and form.is_valid():
        save_loop_settings(settings=form.settings())
        messages.success(request, _("Saved."))
        return redirect("loop-settings")
    return render(request, "recovery/settings.html", {"form": form})


@may_edit
def closing_texts(request: HttpRequest) -> HttpResponse:
    """List the causes with their texts."""
    person = person_of(request)
    return render(request, "recovery/texts.html", causes_with_texts(person))


@may_edit
def closing_text(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Write the text of one cause, or that of all others."""
    person = person_of(request)
    cause = get_object_or_404(Cause.objects.visible_to(person), pk=pk) if pk else None
    known = ClosingText.objects.visible_to(person).filter(cause=cause).first()
    said = known.texts if known is not None else {}
    if not said and cause is None:
        said = standard()
    form = TextsForm(request.POST or None, person=person, said=said)
    previews = []
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            save_closing_text(
                organisation=person.organisation, cause=cause, texts=form.texts()
            )
            messages.success(request, _("Saved."))
            return redirect("closing-texts")
        previews = form.previews()
    context = {"form": form, "cause": cause, "previews": previews, "slots": SLOTS}
    return render(request, "recovery/text.html", context)


@may_edit
def cause_news(request: HttpRequest) -> HttpResponse:
    """Tell the customers of a cause what was changed, after showing how many."""
    person = person_of(request)
    form = NewsForm(request.POST or None, person=person)
    count, previews = None, []
    if request.method == "POST" and form.is_valid():
        news = form.news()
        if "send" in request.POST:
            try:
                sent = send_news(person=person, news=news)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                text = ngettext(
                    "Queued for %(count)s customer.",
                    "Queued for %(count)s customers.",
                    sent.customers,
                )
                messages.success(request, text % {"count": sent.customers})
                return redirect("cause-news")
        count = len(customers_concerned(person, news.cause, news.since))
        previews = form.previews()
    context = {
        "form": form,
        "count": count,
        "previews": previews,
        "sent": news_sent(person),
        "slots": SLOTS,
    }
    return render(request, "recovery/news.html", context)
