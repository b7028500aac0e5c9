"""The page of one case, and its files."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.forms.acts import CommentForm
from zhiyin.act.cases.queries.single import case_shown
from zhiyin.act.cases.services import open_attachment
from zhiyin.act.cases.views.doors import case_of, may_see
from zhiyin.listen.contacts.queries import portability_shown


@may_see
def single(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case, the customer's words first."""
    person = person_of(request)
    case = case_of(request, pk)
    may_work = person.may(Permission.WORK_CASES)
    context = {
        "case": case,
        "page": case_shown(case, person),
        "comment_form": CommentForm(case=case, person=person),
        "portability": portability_shown(case.customer) if case.customer else None,
        "may_work": may_work,
        "may_change": may_work and case.is_open,
    }
    return render(request, "cases/case.html", context)


@may_see
def attachment(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """Hand out a file of a case; never shown inside our own pages."""
    found = get_object_or_404(case_of(request, pk).attachments, pk=file)
    try:
        content = open_attachment(found)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
