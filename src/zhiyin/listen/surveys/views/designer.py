"""The designer: a draft's outline, the editor of one part, the preview beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.common.clock import now
from zhiyin.listen.surveys.forms import ItemForm, PageForm
from zhiyin.listen.surveys.models import InstrumentVersion, Item, ItemKind
from zhiyin.listen.surveys.queries import (
    LANGUAGES,
    completeness,
    content_of,
    item_stamp,
    items_referring_to,
    outline,
    page_count,
    pages_stamp,
)
from zhiyin.listen.surveys.services import (
    DraftChangedError,
    add_item,
    add_page,
    change_item,
    change_page,
    delete_item,
    duplicate_item,
    merge_page,
    move_item,
    restore_item,
    shift_item,
    split_page,
    was_published,
)
from zhiyin.listen.surveys.views.access import (
    draft_of,
    languages_shown,
    may_edit,
    tabs,
)

UNDO = "survey-undo"
LONGEST_NUMBER = 3


def _back(pk: int, **query: Any) -> HttpResponse:
    given = QueryDict(mutable=True)
    given.update({name: str(value) for name, value in query.items() if value})
    return redirect(f"{reverse('survey-edit', args=[pk])}?{given.urlencode()}")


def _kept_languages(request: HttpRequest) -> dict[str, str]:
    return {
        name: request.POST[name]
        for name in ("source", "target")
        if request.POST.get(name)
    }


def _item_form(
    request: HttpRequest,
    draft: InstrumentVersion,
    item: Item,
    data: Any = None,
) -> ItemForm:
    item.version = draft
    return ItemForm(
        data,
        item=item,
        items=list(draft.items.all()),
        languages=languages_shown(request, draft),
    )


def _chosen(draft: InstrumentVersion, code: str) -> Item | None:
    items = list(draft.items.all())
    found = next((item for item in items if item.code == code), None)
    return found or (items[0] if items else None)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def _shown(
    request: HttpRequest,
    draft: InstrumentVersion,
    **given: Any,
) -> HttpResponse:
    """Render the designer; `given` has the form that was sent, where one was."""
    pages = outline(draft)
    languages = languages_shown(request, draft)
    undo = request.session.get(UNDO) or {}
    item = given.get("item")
    context = {
        **tabs(draft, "items"),
        "pages": pages,
        "kinds": ItemKind.choices,
        "languages_known": LANGUAGES,
        "source": languages[0],
        "target": languages[1] if len(languages) > 1 else "none",
        "shown_languages": languages,
        "completeness": completeness(draft),
        "add_to": item.page if item else given.get("page_number", len(pages)),
        "undo": undo.get("item") if undo.get("draft") == draft.pk else None,
        **_previewed(draft, item, languages[0]),
        **given,
    }
    status = 409 if given.get("is_stale") else 400 if given.get("is_wrong") else 200
    return render(request, "surveys/designer.html", context, status=status)


def _previewed(
    draft: InstrumentVersion,
    item: Item | None,
    language: str,
) -> dict[str, Any]:
    """Return what the preview begins with: the page of the question being edited."""
    scored = [each for each in draft.items.all() if each.scale_max is not None]
    main = next((each for each in scored if each.is_primary), None)
    main = main or next(iter(scored), None)
    step = ""
    if item is not None and item.page > 1:
        step = f"page-{item.page}"
    elif item is not None and item != main:
        # On the first page it comes after the main question, asked alone at first.
        step = item.asked_of or "promoter"
    return {
        "preview_language": language,
        "preview_step": step,
        "scores": _points(main) if main and main.detractor_max is not None else [],
    }


def _points(item: Item) -> range:
    return range(item.scale_min or 0, (item.scale_max or 0) + 1)


@may_edit
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    number = _number(request.GET.get("page", ""))
    if 1 <= number <= page_count(draft, list(draft.items.all())):
        form = PageForm(version=draft, number=number)
        return _shown(
            request, draft, page_form=form, page_number=number, stamp=pages_stamp(draft)
        )
    item = _chosen(draft, request.GET.get("item", ""))
    if item is None:
        return _shown(request, draft, item=None)
    return _shown(
        request, draft, **_edited(draft, item, _item_form(request, draft, item))
    )


def _edited(draft: InstrumentVersion, item: Item, form: ItemForm) -> dict[str, Any]:
    return {
        "item": item,
        "form": form,
        "stamp": item_stamp(item),
        "code_is_fixed": was_published(draft, item.code),
    }


@may_edit
@require_POST
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    try:
        made = add_item(
            version=draft,
            kind=request.POST.get("kind", ""),
            page=_number(request.POST.get("page", "")),
            after=request.POST.get("after", ""),
        )
    except ValueError as error:
        messages.error(request, str(error))
        return _back(pk)
    return _back(pk, item=made.code, **_kept_languages(request))


@may_edit
@require_POST
def item_save(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    draft = draft_of(request, pk)
    item = next((each for each in draft.items.all() if each.code == code), None)
    if item is None:
        messages.error(request, _("The question %s is no longer in this draft.") % code)
        return _back(pk)
    data = request.POST.copy()
    if was_published(draft, code):
        data["code"] = code
    form = _item_form(request, draft, item, data)
    try:
        if form.is_valid():
            saved = change_item(
                version=draft,
                code=code,
                content=_copied(form, request),
                stamp=data.get("stamp", ""),
            )
            return _item_saved(request, pk, saved)
    except DraftChangedError as error:
        return _stale(request, draft, item, form, str(error))
    except ValueError as error:
        form.add_error(None, str(error))
    return _refused(request, draft, item, form)


def _copied(form: ItemForm, request: HttpRequest) -> dict[str, Any]:
    """Return what was decided; where asked, gaps filled from the source."""
    content = form.content()
    if "copy" in request.POST and len(form.languages) > 1:
        source, target = form.languages
        texts = content["texts"]
        texts[target] = {**texts.get(source, {}), **texts.get(target, {})}
        for coded in form.coded:
            own = dict(texts[target].get(coded.name) or ())
            texts[target][coded.name] = [
                [code, own.get(code) or label]
                for code, label in texts.get(source, {}).get(coded.name) or ()
            ]
    return content


def _is_autosave(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _item_saved(request: HttpRequest, pk: int, saved: Item) -> HttpResponse:
    if _is_autosave(request):
        text = _("Saved %s") % f"{now():%H:%M:%S} UTC"
        return JsonResponse({"stamp": item_stamp(saved), "text": text})
    messages.success(request, _("Saved."))
    return _back(pk, item=saved.code, **_kept_languages(request))


def _stale(
    request: HttpRequest,
    draft: InstrumentVersion,
    item: Item,
    form: ItemForm,
    text: str,
) -> HttpResponse:
    if _is_autosave(request):
        return JsonResponse({"text": text, "is_stale": True}, status=409)
    form.add_error(None, text)
    theirs = content_of(item)["texts"]
    kept = {code: theirs.get(code, {}).get("text", "") for code in form.languages}
    return _shown(
        request, draft, **_edited(draft, item, form), is_stale=True, theirs=kept
    )


def _refused(
    request: HttpRequest,
    draft: InstrumentVersion,
    item: Item,
    form: ItemForm,
) -> HttpResponse:
    if _is_autosave(request):
        faults = [text for texts in form.errors.values() for text in texts]
        return JsonResponse({"text": " ".join(map(str, faults))}, status=400)
    shown = _edited(draft, item, form)
    shown["stamp"] = request.POST.get("stamp", "")
    return _shown(request, draft, **shown, is_wrong=True)


@may_edit
@require_POST
def item_act(request: HttpRequest, pk: int, code: str, action: str) -> HttpResponse:
    draft = draft_of(request, pk)
    chosen = code
    try:
        if action == "delete":
            _delete(request, draft, code)
            chosen = ""
        elif action == "duplicate":
            chosen = duplicate_item(version=draft, code=code).code
        elif action == "split":
            split_page(version=draft, code=code)
        elif action == "move":
            _move(request, draft, code)
        else:
            shift_item(version=draft, code=code, step=-1 if action == "up" else 1)
    except ValueError as error:
        messages.error(request, str(error))
        chosen = ""
    return _back(pk, item=chosen, **_kept_languages(request))


def _move(request: HttpRequest, draft: InstrumentVersion, code: str) -> None:
    move_item(
        version=draft,
        code=code,
        page=_number(request.POST.get("page", "")),
        place=_number(request.POST.get("place", "")),
    )


def _delete(request: HttpRequest, draft: InstrumentVersion, code: str) -> None:
    referring = items_referring_to(draft, code)
    kept = delete_item(version=draft, code=code)
    request.session[UNDO] = {"draft": draft.pk, "item": kept}
    if referring:
        messages.warning(
            request,
            _("The logic of these still refers to %(code)s: %(items)s.")
            % {"code": code, "items": ", ".join(referring)},
        )


@may_edit
@require_POST
def item_undo(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    undo = request.session.pop(UNDO, None) or {}
    if undo.get("draft") != draft.pk:
        messages.error(request, _("There is nothing to put back."))
        return _back(pk)
    made = restore_item(version=draft, kept=undo["item"])
    return _back(pk, item=made.code)


@may_edit
@require_POST
def page_add(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        number = add_page(version=draft_of(request, pk))
    except ValueError as error:
        messages.error(request, str(error))
        return _back(pk)
    return _back(pk, page=number)


@may_edit
@require_POST
def page_save(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    draft = draft_of(request, pk)
    form = PageForm(request.POST, version=draft, number=number)
    given = {
        "page_form": form,
        "page_number": number,
        "stamp": request.POST.get("stamp", ""),
    }
    if not form.is_valid():
        return _shown(request, draft, **given, is_wrong=True)
    try:
        change_page(
            version=draft,
            number=number,
            settings=form.page_settings(),
            stamp=request.POST.get("stamp", ""),
        )
    except DraftChangedError as error:
        form.add_error(None, str(error))
        given["stamp"] = pages_stamp(draft)
        return _shown(request, draft, **given, is_stale=True)
    except ValueError as error:
        form.add_error(None, str(error))
        return _shown(request, draft, **given, is_wrong=True)
    messages.success(request, _("Saved."))
    return _back(pk, page=number)


@may_edit
@require_POST
def page_merge(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    try:
        merge_page(version=draft_of(request, pk), number=number)
    except ValueError as error:
        messages.error(request, str(error))
    return _back(pk)
