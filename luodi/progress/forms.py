"""The sheet to bring in: whose, for which month."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luodi.kit.forms import FullNameField
from luodi.orgs.models import Person, Unit
from luodi.progress.sheets import last_month
from luodi.projects.queries import places_to_report


class MonthForm(forms.Form):
    """A county and a month: of this year, and in January the last one of the year before."""

    unit = FullNameField(Unit.objects.none(), label=_("县市区"), empty_label=None, to_field_name="code")
    month_on = forms.ChoiceField(label=_("月份"))

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = places_to_report(person, day)  # type: ignore[attr-defined]
        months = [date(day.year, month, 1) for month in range(day.month, 0, -1)]
        months += [] if last_month(day) in months else [last_month(day)]
        self.fields["month_on"].choices = [(one.isoformat(), f"{one:%Y-%m}") for one in months]  # type: ignore[attr-defined]
        self.initial.setdefault("month_on", last_month(day).isoformat())

    def clean_month_on(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(self.cleaned_data["month_on"])


class UploadForm(MonthForm):
    """A monthly sheet."""

    upload = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv。表名、两行的表头、“单位：万元”和小计、合计行都不用删。"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": _("还没有选文件。"),
            "empty": _("文件是空的，请重新选择。"),
            "missing": _("文件没有传上来，请重新选择。"),
        },
    )
