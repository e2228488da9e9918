"""What people type about land: areas in hectares or mu, quota, lots, batches, counts, contracts."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from luodi.kit.forms import Choice, FullNameField
from luodi.kit.refusal import Refused
from luodi.kit.values import clean_text, to_decimal
from luodi.land import queries
from luodi.land.models import Batch, BatchStatus, LotKind, Zone
from luodi.land.rules import Amounts, to_hectares
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.orgs.rules import sees_city
from luodi.projects.models import Project

# -- fields -------------------------------------------------------------------------------------------------------


Read = Callable[[object], Decimal | None]


class NumberField(forms.Field):
    """A number read by `read`; blank is 0 where it is not required."""

    def __init__(self, read: Read, *, label: Any, required: bool = True, **more: Any) -> None:
        self.read = read
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=required, widget=widget, **more)

    def to_python(self, value: object) -> Decimal | None:
        """The number, or an error with what was typed."""
        try:
            found = self.read(value)
        except Refused as why:
            raise forms.ValidationError(str(why)) from None
        if found is not None and abs(found) >= 10**9:
            raise forms.ValidationError(_("这个数太大了，请核对单位。"))
        return found if found is not None or self.required else Decimal(0)

    def prepare_value(self, value: Any) -> Any:
        """Without needless zeros."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _area(label: Any, required: bool = True, help_text: Any = "") -> NumberField:
    """An area; «18亩» is understood."""
    return NumberField(to_hectares, label=label, required=required, help_text=help_text)


def _text(label: Any, longest: int = 100, required: bool = True, rows: int = 0, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": rows}) if rows else None
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text)


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput)


def _unit(label: Any) -> FullNameField:
    return FullNameField(Unit.objects.none(), label=label, empty_label=_("请选择"), to_field_name="code")


def _one_of(label: Any, name: str, required: bool = False) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Project.objects.none(), label=label, required=required, empty_label=name)


HECTARES = _("公顷；也可以写“18亩”")


class LandForm(forms.Form):
    """A form of somebody: units, projects and zones are those the person may use."""

    def __init__(self, *args: Any, actor: Person, day: date, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.day = row, day
        sets: dict[str, Callable[[], QuerySet[Any]]] = {
            "unit": lambda: queries.units_for(actor, day),
            "project": lambda: Project.objects.visible_to(actor, day).order_by("county_code", "name", "pk"),
            "zone": lambda: Zone.objects.visible_to(actor, day).order_by("county_code", "name", "pk"),
            "batch": lambda: Batch.objects.visible_to(actor, day).filter(status=BatchStatus.SUBMITTED).order_by("code"),
        }
        for name in sets.keys() & self.fields.keys():
            self.fields[name].queryset = sets[name]()  # type: ignore[attr-defined]
        cities = {post.unit.city_code for post in actor.posts_on(day)}
        pools = Unit.objects.filter(city_code__in=cities, kind__in=[UnitKind.CITY, UnitKind.COUNTY], active=True)
        for name in {"pool_unit", "giver", "taker"} & self.fields.keys():
            self.fields[name].queryset = pools.order_by("sort_key", "pk")  # type: ignore[attr-defined]


# -- entering -----------------------------------------------------------------------------------------------------


class LotForm(LandForm):
    """A replenishing project."""

    code = _text(_("项目编号"), 40)
    name = _text(_("项目名称"))
    unit = _unit(_("责任单位"))
    kind = forms.ChoiceField(label=_("类型"), choices=LotKind.choices)
    paper = _text(_("立项文号"), 60, False)
    scale_area = _area(_("建设规模"), False, HECTARES)
    area = _area(_("新增耕地"), True, HECTARES)
    paddy = _area(_("新增水田"), False, HECTARES)
    capacity = NumberField(to_decimal, label=_("新增产能"), required=False, help_text=_("公斤"))


class BatchForm(LandForm):
    """A batch that has been submitted."""

    code = _text(_("批次号"), 40)
    name = _text(_("批次名称"))
    unit = _unit(_("责任单位"))
    project = _one_of(_("用地项目"), _("不限于一个项目"))
    area = _area(_("用地面积"), True, HECTARES)
    farm_area = _area(_("其中农用地"), False, HECTARES)
    arable_area = _area(_("其中耕地"), False, HECTARES)
    paddy_area = _area(_("其中水田"), False, HECTARES)
    build_area = _area(_("其中建设用地"), False, HECTARES)
    unused_area = _area(_("其中未利用地"), False, HECTARES)
    submitted_on = _day(_("申报日期"))


class ZoneForm(LandForm):
    """A development zone."""

    name = _text(_("开发区"), 60)
    unit = _unit(_("责任单位"))


class ContractForm(LandForm):
    """A lease that is to become a grant."""

    code = _text(_("合同编号"), 40)
    lessee = _text(_("承租单位"))
    parcel = _text(_("宗地位置"))
    unit = _unit(_("责任单位"))
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("开发区"), required=False, empty_label=_("不在开发区"))
    project = _one_of(_("建设项目"), _("没有对应的项目"))
    area = _area(_("面积"), True, HECTARES)
    leased_on = _day(_("租赁起始"))
    lease_until = _day(_("租赁到期"))
    condition = _text(_("转让条件"), 1000, rows=2, help_text=_("如达产后亩均税收 15 万元"))
    convert_by = _day(_("约定转让期限"))


# -- acts ---------------------------------------------------------------------------------------------------------


class AcceptForm(LandForm):
    accepted_on = _day(_("验收日期"))
    accepted_paper = _text(_("验收文号"), 60)
    record_code = _text(_("报备号"), 40, help_text=_("同一报备号只能入库一次"))


class ApproveForm(LandForm):
    approved_on = _day(_("批准日期"))
    approved_paper = _text(_("批准文号"), 60)


class ReasonForm(LandForm):
    reason = _text(_("理由"), 2000, rows=3)


class CountForm(LandForm):
    area = _area(_("储备用地"), True, HECTARES)
    counted_on = _day(_("清点日期"))
    note = _text(_("说明"), 200, False)


class MeetForm(LandForm):
    met_on = _day(_("达产考核通过"))


class GrantForm(LandForm):
    granted_on = _day(_("转出让日期"))
    grant_years = forms.IntegerField(label=_("出让年限"), min_value=1, max_value=50)


# -- quota --------------------------------------------------------------------------------------------------------


class AmountsForm(LandForm):
    """Quota to be moved."""

    area = _area(_("数量"), True, HECTARES)
    paddy = _area(_("其中水田"), False, HECTARES)
    capacity = NumberField(to_decimal, label=_("产能"), required=False, help_text=_("公斤"))
    paper = _text(_("文号"), 60, False)

    @property
    def amounts(self) -> Amounts:
        """The three measures."""
        return Amounts(*(self.cleaned_data[name] for name in ("area", "paddy", "capacity")))


class WithdrawForm(AmountsForm):
    batch = forms.ModelChoiceField(Batch.objects.none(), label=_("用地批次"), required=False, empty_label=_("不是批次"))
    project = _one_of(_("建设项目"), _("不是单独选址项目"))
    pool_unit = _unit(_("用哪里的指标"))
    field_order = ("batch", "project", "pool_unit")

    def clean(self) -> dict[str, Any]:
        """For one thing only."""
        found = self.cleaned_data
        if bool(found.get("batch")) == bool(found.get("project")):
            self.add_error("batch", _("请选一个批次，或者一个单独选址的项目；只能选一样。"))
        return found

    @property
    def purpose(self) -> Batch | Project:
        """What it is for."""
        return self.cleaned_data["batch"] or self.cleaned_data["project"]


class TransferForm(AmountsForm):
    giver = _unit(_("从哪里调出"))
    taker = _unit(_("调到哪里"))
    reason = _text(_("事由"), 500, False, 2)
    field_order = ("giver", "taker")


# -- lists --------------------------------------------------------------------------------------------------------


class AsOfForm(forms.Form):
    """The day whose balances are asked."""

    as_of = forms.DateField(label=_("截至"), required=False, widget=forms.DateInput({"class": "w-auto"}))


class ListFilter(forms.Form):
    """What to look for in a list; `apply` narrows a queryset."""

    q = forms.CharField(label=_("关键词"), required=False, max_length=100, widget=forms.SearchInput(
        {"aria-label": _("关键词"), "placeholder": _("名称、编号")}
    ))  # fmt: skip
    county = Choice(_("县市区"), _("全部县市区"))
    status = Choice(_("状态"), _("全部状态"))

    def __init__(self, *args: Any, person: Person, day: date, statuses: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities = {post.unit.city_code for post in person.posts_on(day)}
        counties = Unit.objects.filter(kind=UnitKind.COUNTY, city_code__in=cities).order_by("sort_key", "pk")
        if sees_city(person, day):
            self.fields["county"].offer([(one.code, one.label) for one in counties])  # type: ignore[attr-defined]
        else:
            del self.fields["county"]
        if statuses:
            self.fields["status"].offer(statuses)  # type: ignore[attr-defined]
        else:
            del self.fields["status"]

    def apply(self, rows: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
        """The rows that meet all conditions; none while one makes no sense."""
        if not self.is_valid():
            return rows.none()
        found = self.cleaned_data
        for word in clean_text(found["q"]).split():
            wanted = Q()
            for column in columns:
                wanted |= Q(**{f"{column}__icontains": word})
            rows = rows.filter(wanted)
        plain = {"county": "county_code", "status": "status"}
        return rows.filter(**{column: found[name] for name, column in plain.items() if found.get(name)})


class UploadForm(forms.Form):
    """A sheet of batches."""

    upload = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv。表名、表头、“单位：公顷”或“单位：亩”和合计行都不用删。"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": _("还没有选文件。"), "empty": _("文件是空的，请重新选择。")},
    )
