"""Forms about the department tree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.forms.choices import DepartmentField
from zhiyin.accounts.models import Department, Person

MOST_BYTES = 1024 * 1024


class DepartmentForm(forms.Form):
    """A department's name and code."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Department code"),
        max_length=60,
        help_text=_("As your other systems know it; used when files are imported."),
    )


class NewDepartmentForm(DepartmentForm):
    """A new department and where it hangs."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = DepartmentField(
            person=person,
            label=_("Above it"),
            required=False,
            empty_label=_("None: a department of its own"),
        )


class MoveDepartmentForm(forms.Form):
    """Where a department with everything below it goes."""

    def __init__(
        self,
        *args: Any,
        person: Person,
        department: Department,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = DepartmentField(
            person=person,
            label=_("New place, below"),
            required=False,
            empty_label=_("None: a department of its own"),
        )
        outside = Department.objects.visible_to(person).active()
        inside = Department.objects.within(department).values("pk")
        field.queryset = outside.exclude(pk__in=inside).order_by("path")
        self.fields["parent"] = field


class DepartmentFileForm(forms.Form):
    """A CSV file of departments."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: code, name, parent_code. Departments are known by code."),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse a file that cannot be a department tree by its size alone."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size and file.size > MOST_BYTES:
            raise ValidationError(
                _("The file has %(size)s bytes; a department file has at most 1 MB.")
                % {"size": file.size},
            )
        return file
