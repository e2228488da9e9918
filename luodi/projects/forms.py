"""What people type about projects: facts, filters, plans, months, milestones, figures of others."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit import values
from luodi.kit.forms import Choice, FlagField, FullNameField
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.orgs.rules import may, sees_city
from luodi.projects.models import BUILDING, ListKind, MilestoneKind, Project, ProjectSet, Series, Status, Tier
from luodi.projects.rules import KEEPERS, first_of, owner_code_fault, project_code_fault

# -- fields -------------------------------------------------------------------------------------------------------


class MoneyField(forms.Field):
    """An amount in 万元; a unit typed with it counts («2.5亿元»). Four places: a yuan is not lost."""

    def __init__(self, *, label: Any, required: bool = True, help_text: Any = "") -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=required, widget=widget, help_text=help_text)

    def to_python(self, value: object) -> Decimal | None:
        """万元, or an error with what was typed."""
        return amount_of(value)

    def prepare_value(self, value: Any) -> Any:
        """Without needless zeros."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def amount_of(value: object, unit: str = "万元") -> Decimal | None:
    """The amount in 万元, or a ValidationError: no number, too large, or parts of a yuan that would be lost."""
    try:
        found = values.to_amount(value, unit)
    except Refused as why:
        raise forms.ValidationError(str(why)) from None
    if found is None:
        return None
    if abs(found) >= 10**10:
        raise forms.ValidationError(_t("“%(typed)s”太大了，请核对单位是不是万元。") % {"typed": value})
    if found != values.rounded(found, 4):
        raise forms.ValidationError(_t("“%(typed)s”小到不足 1 元，请核对。") % {"typed": value})
    return found


class MonthField(forms.CharField):
    """A month as 2020-08; its first day."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.TextInput({"placeholder": "2020-08", "autocomplete": "off"}), **more)

    def clean(self, value: Any) -> Any:
        """The first day of the month."""
        text = values.clean_text(super().clean(value)).replace("年", "-").replace("月", "").replace("/", "-")
        try:
            return date.fromisoformat(f"{text[:4]}-{int(text[5:]):02d}-01") if text else None
        except ValueError:
            raise forms.ValidationError(_t("月份请写成 2020-08 的样子。")) from None

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return f"{value:%Y-%m}" if isinstance(value, date) else value


def _text(label: Any, longest: int = 100, required: bool = True, rows: int = 0, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": rows}) if rows else None
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text)


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=forms.DateInput)


# -- facts of a project -------------------------------------------------------------------------------------------


class ProjectForm(forms.Form):
    """The facts of a project, entered or amended. `industries` are those of the pack."""

    name = _text(_("项目名称"))
    unit = FullNameField(Unit.objects.none(), label=_("责任单位"), empty_label=_("请选择"), to_field_name="code")
    tier = forms.ChoiceField(label=_("级别"), choices=Tier.choices, initial=Tier.CITY)
    industry = forms.ChoiceField(label=_("行业"))
    owner = _text(_("建设单位"))
    owner_code = _text(_("统一社会信用代码"), 30, False)
    code = _text(_("项目代码"), 30, False, help_text=_("24位，如 2018-131102-47-03-000123；还没有赋码的可以不填"))
    site = _text(_("建设地点"), 100, False)
    content = _text(_("建设规模及内容"), 2000, False, 3)
    start_year = forms.IntegerField(label=_("建设起始年"), required=False, min_value=1990, max_value=2100)
    end_year = forms.IntegerField(label=_("建设终止年"), required=False, min_value=1990, max_value=2100)
    total_amount = MoneyField(label=_("总投资"), help_text=_("万元；也可以写“2.5亿元”"))
    own_amount = MoneyField(label=_("自筹资金"), required=False)
    loan_amount = MoneyField(label=_("银行贷款"), required=False)
    state_amount = MoneyField(label=_("财政资金"), required=False)
    before_amount = MoneyField(label=_("入库前已完成投资"), required=False, help_text=_("以前年度累计；没有请填 0"))
    leader_name = _text(_("包联领导"), 40, False)

    def __init__(
        self, *args: Any, actor: Person, day: date, industries: Mapping[str, str], project: Project | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["industry"].choices = [("", _("请选择")), *industries.items()]  # type: ignore[attr-defined]
        if project:
            del self.fields["unit"]
            self.initial = {name: getattr(project, name) for name in self.fields}
            return
        cities = {post.unit.city_code for post in actor.posts_on(day)}
        kinds = [UnitKind.COUNTY, UnitKind.COUNTY_DEPT, UnitKind.CITY_DEPT]
        units = Unit.objects.filter(city_code__in=cities, kind__in=kinds, active=True)
        able = [u.pk for u in units if may(actor, KEEPERS, _row_of(u), day)]
        self.fields["unit"].queryset = units.filter(pk__in=able).order_by("county_code", "sort_key", "pk")  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """A project code, where there is one."""
        code = values.clean_code(self.cleaned_data["code"])
        if code and (why := project_code_fault(code)):
            raise forms.ValidationError(why)
        return code

    def clean_owner_code(self) -> str:
        """A unified social credit code, where it is given."""
        code = values.clean_code(self.cleaned_data["owner_code"])
        if code and (why := owner_code_fault(code)):
            raise forms.ValidationError(why)
        return code

    def clean(self) -> dict[str, Any]:
        """The years follow each other; the money's sources are not more than the total."""
        found = self.cleaned_data
        found["before_amount"] = found.get("before_amount") or Decimal(0)
        first, last, total = found.get("start_year"), found.get("end_year"), found.get("total_amount")
        if first and last and first > last:
            self.add_error("end_year", _t("建设终止年早于起始年。"))
        parts = sum(found.get(name) or 0 for name in ("own_amount", "loan_amount", "state_amount"))
        if total is not None and total <= 0:
            self.add_error("total_amount", _t("总投资要大于 0。"))
        elif total is not None and parts > total:
            self.add_error("own_amount", _t("各项资金之和大于总投资，请核对。"))
        return found


def _row_of(unit: Unit) -> Project:
    return Project(unit=unit, city_code=unit.city_code, county_code=unit.county_code)


# -- the library's filter -----------------------------------------------------------------------------------------

SORTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "": (_("按县市区"), ("county_code", "name")),
    "total": (_("总投资从大到小"), ("-total_amount",)),
    "plan": (_("年度计划从大到小"), ("-plan_amount",)),
    "done": (_("本年完成从大到小"), ("-year_amount",)),
}
STANDS = {
    **{code: Q(status=code) for code in Status.values},
    "started": Q(started_on__isnull=False),
    "not_started": Q(started_on=None),
    "behind": Q(list_kind__in=BUILDING, year_amount__lt=F("plan_amount") * F("month_on__month") / 12),
}


class ProjectFilter(forms.Form):
    """What to look for in the library; `apply` narrows a queryset."""

    q = forms.CharField(label=_("关键词"), required=False, max_length=100, widget=forms.SearchInput(
        {"aria-label": _("关键词"), "placeholder": _("项目、代码、建设单位")}
    ))  # fmt: skip
    county = Choice(_("县市区"), _("全部县市区"))
    lists = Choice(_("类型"), _("全部类型"))
    tier = Choice(_("级别"), _("全部级别"))
    stands = Choice(_("状态"), _("全部状态"))
    industry = Choice(_("行业"), _("全部行业"))
    sort = Choice(_("排序"), SORTS[""][0])

    def __init__(self, *args: Any, person: Person, day: date, industries: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day, fields = day, self.fields
        cities = {post.unit.city_code for post in person.posts_on(day)}
        counties = Unit.objects.filter(kind=UnitKind.COUNTY, city_code__in=cities).order_by("sort_key", "pk")
        if sees_city(person, day):
            fields["county"].offer([(one.code, one.label) for one in counties])  # type: ignore[attr-defined]
        else:
            del fields["county"]
        words = {"behind": _t("落后序时进度"), "started": _t("已开工"), "not_started": _t("未开工")}
        choices = {
            "lists": [("building", _t("重点开工（续建、计划开工）")), *ListKind.choices],
            "tier": Tier.choices,
            "stands": [*Status.choices, *words.items()],
            "industry": industries.items(),
            "sort": [(name, label) for name, (label, _order) in SORTS.items() if name],
        }
        for name, options in choices.items():
            fields[name].offer(options)  # type: ignore[attr-defined]

    def apply(self, rows: ProjectSet) -> ProjectSet:
        """The rows that meet all conditions; none while one of them makes no sense."""
        if not self.is_valid():
            return rows.none()
        found = self.cleaned_data
        for word in found["q"].split():
            columns = ("name", "code", "owner", "owner_code")
            rows = rows.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)))
        if found["lists"]:
            kinds = BUILDING if found["lists"] == "building" else [found["lists"]]
            rows = rows.filter(list_kind__in=kinds)
        plain = {"county": "county_code", "tier": "tier", "industry": "industry"}
        rows = rows.filter(**{column: found[name] for name, column in plain.items() if found.get(name)})
        return rows.filter(STANDS[found["stands"]]) if found["stands"] else rows

    @property
    def order(self) -> tuple[str, ...]:
        """The order of the rows."""
        return SORTS[self.cleaned_data.get("sort", "") if self.is_valid() else ""][1]

    def words(self) -> str:
        """The conditions in words."""
        used = [field for field in self if field.value() and field.name != "sort"]
        return _t("；").join(f"{one.label}{_t('：')}{self._word(one.name, one.value())}" for one in used)

    def _word(self, name: str, value: str) -> str:
        field = self.fields[name]
        return field.words(value) if isinstance(field, Choice) else value


# -- acts ---------------------------------------------------------------------------------------------------------


class ActForm(forms.Form):
    """An act on a project. `seen` is the version the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": _("页面不完整，请刷新后再办。")})

    def __init__(self, *args: Any, project: Project, day: date, **kwargs: Any) -> None:
        self.project, self.day = project, day
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = project.version
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values from the project."""

    def arguments(self) -> dict[str, Any]:
        """The words of the action besides project, actor and at."""
        return dict(self.cleaned_data)


class ReasonForm(ActForm):
    reason = _text(_("理由"), 2000, rows=3)


class ReportForm(ActForm):
    month_on = MonthField(label=_("月份"))
    amount = MoneyField(label=_("本月完成投资"), help_text=_("万元；没有完成请填 0，累计由系统算出"))
    progress = _text(_("形象进度"), 2000, False, 3)
    obstacle = _text(_("存在问题"), 2000, False, 2)

    def prepare(self) -> None:
        last, this = self.project.month_on, first_of(self.day)
        following = last and date(last.year + last.month // 12, last.month % 12 + 1, 1)
        self.initial.setdefault("month_on", min(following or this, this))
        self.initial.setdefault("progress", self.project.progress)


class CorrectForm(ActForm):
    month_on = MonthField(label=_("月份"))
    amount = MoneyField(label=_("改为"), help_text=_("万元"))
    reason = _text(_("更正理由"), 2000, rows=3)

    def prepare(self) -> None:
        self.initial.setdefault("month_on", self.project.month_on)


class PlanForm(ActForm):
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    list_kind = forms.ChoiceField(label=_("类型"), choices=ListKind.choices)
    amount = MoneyField(label=_("年度计划投资"), help_text=_("万元；也可以写“2.5亿元”"))
    due_on = _day(_("计划开工时间"), False)
    reason = _text(_("调整理由"), 2000, False, 2, help_text=_("第一次下达不用写，调整必须写"))

    def prepare(self) -> None:
        plan = self.project
        facts = {"year": plan.year or self.day.year, "list_kind": plan.list_kind, "amount": plan.plan_amount}
        self.initial = {**facts, "due_on": plan.due_on, **self.initial}


class ReachForm(ActForm):
    kind = forms.ChoiceField(label=_("环节"), choices=MilestoneKind.choices)
    planned_on = _day(_("计划日期"), False)
    reached_on = _day(_("完成日期"), False, _("还没有完成的不填"))
    exempt = FlagField(label=_("依法免办"))
    note = _text(_("说明"), 200, False)
    reason = _text(_("更改理由"), 2000, False, 2, help_text=_("已经登记过的日期要改，必须写"))

    def prepare(self) -> None:
        steps = list(self.project.milestones.order_by("seq"))
        open_steps = [one for one in steps if not one.reached_on and not one.exempt]
        chosen = next((one for one in steps if one.kind == self.initial.get("kind")), None)
        chosen = chosen or next(iter([*open_steps, *steps]), None)
        for name in ("kind", "planned_on", "reached_on", "exempt", "note") if chosen else ():
            self.initial[name] = getattr(chosen, name)


class LandForm(ActForm):
    landed_on = _day(_("落地日期"))

    def prepare(self) -> None:
        self.initial.setdefault("landed_on", self.project.started_on or self.day)


class FigureForm(forms.Form):
    """A figure that others count."""

    series = forms.ChoiceField(label=_("指标"), choices=Series.choices)
    month_on = MonthField(label=_("截至月份"), help_text=_("1月至本月累计"))
    amount = forms.DecimalField(label=_("数值"), max_digits=8, decimal_places=2)
    published_on = _day(_("发布日期"))
    source = _text(_("来源文件"), 200, help_text=_("文号、名称，如“市统计局《8月份经济运行快报》”"))

    def clean(self) -> dict[str, Any]:
        """A rank is a place among the province's cities (11 and three counted apart)."""
        found = self.cleaned_data
        amount = found.get("amount")
        if found.get("series") == Series.FAI_RANK and amount is not None and amount not in range(1, 15):
            self.add_error("amount", _t("位次是 1 至 14 之间的整数。"))
        return found
