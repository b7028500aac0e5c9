"""Customers' fields with their class, and the law that holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms.registers import (
    AllowForm,
    ClassForm,
    JurisdictionForm,
    NewFieldForm,
)
from zhiyin.act.privacy.views.desk import may_manage, works_everywhere
from zhiyin.listen.customers.models import AttributeField, FieldKind
from zhiyin.listen.customers.queries import jurisdictions_of
from zhiyin.listen.customers.services import (
    FieldRefusedError,
    classify_field,
    ensure_fields,
    fill_from_answers,
    forbid_field,
    save_jurisdiction,
)


@may_manage
def fields(request: HttpRequest) -> HttpResponse:
    """Show every field known of customers with its class."""
    works_everywhere(request)
    person = person_of(request)
    form = NewFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        label = (form.cleaned_data["label"], FieldKind.CATEGORY, False)
        (made,) = ensure_fields(organisation=person.organisation, fields=[label])
        question = form.cleaned_data["question"]
        fill_from_answers(field=made, question=question, by=person)
        return redirect("customer-field", made.pk)
    rows = services.fields_of(person.organisation)
    return render(request, "privacy/fields.html", {"rows": rows, "form": form})


@may_manage
def field(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the class of a field, or turn a sensitive one on or off."""
    works_everywhere(request)
    person = person_of(request)
    found = get_object_or_404(AttributeField.objects.visible_to(person), pk=pk)
    what = request.POST.get("what", "")
    initial = {
        name: getattr(found, name) for name in ("sensitivity", "group", "question")
    }
    classes = ClassForm(request.POST if what == "class" else None, initial=initial)
    allow = AllowForm(request.POST if what == "allow" else None, person=person)
    try:
        if what == "forbid":
            forbid_field(field=found, by=person)
            return redirect("customer-fields")
        if what == "class" and classes.is_valid():
            given = classes.cleaned_data
            fill_from_answers(field=found, question=given.pop("question"), by=person)
            classify_field(field=found, by=person, **given)
            return redirect("customer-fields")
        if what == "allow" and allow.is_valid():
            ground = allow.cleaned_data.pop("assessment")
            services.turn_field_on(
                field=found, given=allow.cleaned_data, ground=ground, by=person
            )
            return redirect("customer-fields")
    except (FieldRefusedError, services.RegisterRefusedError) as refusal:
        messages.error(request, str(refusal))
    context = {"found": found, "classes": classes, "allow": allow}
    return render(request, "privacy/field.html", context)


@may_manage
def jurisdictions(request: HttpRequest) -> HttpResponse:
    """Show every law as the organisation reads it, and which one holds."""
    works_everywhere(request)
    rows = jurisdictions_of(person_of(request).organisation_id)
    return render(request, "privacy/jurisdictions.html", {"rows": rows})


@may_manage
def jurisdiction(request: HttpRequest, code: str) -> HttpResponse:
    """Change how a law is read, or put it in force."""
    works_everywhere(request)
    person = person_of(request)
    rows = jurisdictions_of(person.organisation_id)
    found = next((row for row in rows if row.code == code), None)
    if found is None:
        raise Http404
    form = JurisdictionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_jurisdiction(
            jurisdiction=form.instance,
            puts_in_force=form.cleaned_data["puts_in_force"],
            by=person,
        )
        messages.success(request, _("Kept. Clocks that begin from now on follow it."))
        return redirect("jurisdictions")
    return render(
        request,
        "privacy/register_form.html",
        {"form": form, "found": found, "here": "jurisdictions"},
    )
