"""The file to import, and what its columns mean."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Batch, Campaign
from luodi.intake.queries import Mapped, column_titles
from luodi.kit.forms import FullNameField
from luodi.kit.sheet_reading import MOST_BYTES
from luodi.kit.sheet_showing import spreadsheet_letter
from luodi.kit.spreadsheets import Sheet
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.problems.models import Source

MB = 1024 * 1024
#: fields that may have one value for the whole sheet
WHOLE_SHEET = ("batch", "source")


class UploadForm(forms.Form):
    """A spreadsheet, and where its problems belong when the sheet does not say."""

    upload = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv，不超过 20 MB、5 万行。表名、合并的表头和合计行不用删。"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": _("还没有选文件。"),
            "empty": _("文件是空的，请重新选择。"),
            "missing": _("文件没有传上来，请重新选择。"),
        },
    )
    unit = FullNameField(
        Unit.objects.none(),
        label=_("责任单位"),
        required=False,
        empty_label=_("以表中填写的为准"),
        help_text=_("表中没有写责任单位的行，登记为这个单位的问题。"),
    )

    def clean_upload(self) -> Any:
        """Refused by its size before it is read."""
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_BYTES:
            sizes = {"file": upload.name, "size": -(-upload.size // MB), "most": MOST_BYTES // MB}
            words = _t("文件「%(file)s」有 %(size)s MB，超过 %(most)s MB；请删去图片和多余的工作表，或分成几个文件。")
            raise forms.ValidationError(words % sizes)
        return upload

    def __init__(self, *args: Any, campaign: Campaign, actor: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [UnitKind.COUNTY, UnitKind.COUNTY_DEPT, UnitKind.CITY_DEPT]
        units = Unit.objects.filter(city_code=campaign.city.city_code, kind__in=kinds, active=True)
        posts = [post.unit for post in actor.posts_on(day)]
        if not any(unit.kind == UnitKind.CITY for unit in posts):
            counties = {unit.county_code for unit in posts if unit.county_code}
            own = units.filter(pk__in=[unit.pk for unit in posts])
            units = own | units.filter(county_code__in=counties)
        self.fields["unit"].queryset = units.order_by("county_code", "sort_key", "pk")  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """For each field of the ledger the column that answers it: `map-<field>`; `sheet` is the sheet of the file."""

    def __init__(
        self,
        *args: Any,
        sheet: Sheet,
        names: Sequence[str],
        mapping: Mapped,
        lacking: Sequence[str],
        campaign: Campaign,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(names) > 1:
            label = _t("工作表")
            self.fields["sheet"] = forms.ChoiceField(
                label=label, choices=[(name, name) for name in names], initial=sheet.name
            )
        columns = [
            (str(place), f"{spreadsheet_letter(place)} {header}")
            for place, header in enumerate(sheet.headers)
            if header
        ]
        batches = [(f"={code}", campaign.batch_label(code)) for code in Batch.values]
        sources = [(f"={code}", str(label)) for code, label in Source.choices]
        whole = dict(zip(WHOLE_SHEET, (batches, sources), strict=True))
        for name, title in column_titles().items():
            choices: list[Any] = [("", _t("不导入")), *columns]
            if name in whole:
                choices.append((_t("整张表都是"), whole[name]))
            self.fields[f"map-{name}"] = forms.ChoiceField(
                label=title, choices=choices, required=False, initial=str(mapping.get(name, ""))
            )
            self.fields[f"map-{name}"].lacking = name in lacking  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A column answers one field."""
        taken: dict[str, str] = {}
        for name, place in list(self.cleaned_data.items()):
            if name == "sheet" or not place.isdigit():
                continue
            if place in taken:
                other = self.fields[taken[place]].label
                self.add_error(name, _t("这一列已经对应“%(other)s”，一列只能对应一项。") % {"other": other})
            taken[place] = name
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """What `actions.map_columns` takes."""
        chosen = {n.removeprefix("map-"): v for n, v in self.cleaned_data.items() if n != "sheet" and v}
        mapping = {name: place if place.startswith("=") else int(place) for name, place in chosen.items()}
        return {"mapping": mapping, "sheet_name": self.cleaned_data.get("sheet", "")}


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label=_("撤销理由"),
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("撤销导入要写明理由。")},
    )
