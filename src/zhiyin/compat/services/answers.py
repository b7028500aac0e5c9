"""Answers that Delighted's clients hand over."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.compat.services.people import programme_of_way
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.services.sending_links import link_of_programme
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response


@transaction.atomic
def hand_over(*, customer: Customer, given: GivenResponse) -> Response:
    """Save an answer of a person under the programme that asks what Delighted asked.

    Raises ValueError where that programme has no questionnaire yet, or does not ask it.
    """
    programme = programme_of_way(customer.organisation, "email")
    if programme.instrument is None:
        raise ValueError(
            _("Choose a questionnaire for the programme “%(name)s” first.")
            % {"name": programme.name},
        )
    link = link_of_programme(programme=programme, wave=None)
    saved, _is_new = receive_response(link=link, given=replace(given, customer_key=""))
    saved.customer = customer
    saved.save(update_fields=["customer"])
    return saved
