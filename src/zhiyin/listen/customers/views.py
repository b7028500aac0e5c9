from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.customers.forms import RevealForm
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import RevealRefusedError, reveal_customer


@permission_required(Permission.REVEAL_PERSONAL_DATA)
def customer_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reason, then show the key once; a page, or a part of one."""
    person = person_of(request)
    customer = get_object_or_404(Customer.objects.revealable_to(person), pk=pk)
    form = RevealForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            key = reveal_customer(
                customer=customer,
                by=person,
                reason=form.cleaned_data["reason"],
            )
        except RevealRefusedError as error:
            form.add_error(None, str(error))
    is_part = request.headers.get("HX-Request") == "true"
    template = "_reveal" if is_part else "reveal"
    context = {"customer": customer, "form": form, "key": key}
    response = render(request, f"customers/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response
