"""What people type about finance: needs, batches, events, credit, loans, refusals, banks, balances, totals."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.finance import queries
from luodi.finance.models import (
    Bank,
    Credit,
    EventKind,
    Ground,
    Loan,
    LoanClass,
    Need,
    NeedKind,
    NeedSet,
    Reached,
    Security,
    Status,
)
from luodi.finance.rules import plain
from luodi.kit import values
from luodi.kit.forms import Choice, FullNameField
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.orgs.rules import sees_city
from luodi.projects.forms import MoneyField, MonthField
from luodi.projects.models import Project
from luodi.projects.rules import owner_code_fault


def _text(label: Any, longest: int = 100, required: bool = True, rows: int = 0, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": rows}) if rows else None
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=help_text)


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=forms.DateInput)


def _bank(label: Any = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Bank.objects.none(), label=label or _("银行"), empty_label=_("请选择"))


# -- needs --------------------------------------------------------------------------------------------------------


class NeedForm(forms.Form):
    """A need, entered or amended."""

    kind = forms.ChoiceField(label=_("需求类型"), choices=NeedKind.choices)
    project_code = _text(_("项目代码"), 30, False, help_text=_("项目需求填项目库里的代码；企业需求不填"))
    name = _text(_("项目或企业名称"))
    unit = FullNameField(Unit.objects.none(), label=_("责任单位"), empty_label=_("请选择"), to_field_name="code")
    lead_unit = FullNameField(
        Unit.objects.none(), label=_("市直责任单位"), empty_label=_("没有"), to_field_name="code", required=False
    )
    owner_code = _text(_("统一社会信用代码"), 30, False)
    industry = forms.ChoiceField(label=_("行业"), required=False)
    amount = MoneyField(label=_("需求金额"), help_text=_("万元；也可以写“2.5亿元”"))
    purpose = _text(_("用途"), 200)
    months = forms.IntegerField(label=_("期限（月）"), min_value=1, max_value=480)
    security = forms.ChoiceField(label=_("担保方式"), choices=Security.choices)
    contact_name = _text(_("联系人"), 40, False)
    contact_phone = _text(_("联系电话"), 40, False)

    def __init__(
        self, *args: Any, actor: Person, day: date, industries: Mapping[str, str], need: Need | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["industry"].choices = [("", _("请选择")), *industries.items()]  # type: ignore[attr-defined]
        if need:
            for name in ("kind", "project_code", "unit", "lead_unit"):
                del self.fields[name]
            self.initial = {name: getattr(need, name) for name in self.fields}
            return
        self.fields["unit"].queryset = queries.may_be_told(actor, day)  # type: ignore[attr-defined]
        cities = {post.unit.city_code for post in actor.posts_on(day)}
        leads = Unit.objects.filter(city_code__in=cities, kind=UnitKind.CITY_DEPT, active=True)
        self.fields["lead_unit"].queryset = leads.order_by("sort_key", "pk")  # type: ignore[attr-defined]
        self.visible = Project.objects.visible_to(actor, day)

    def clean_owner_code(self) -> str:
        """A unified social credit code, where it is given."""
        code = values.clean_code(self.cleaned_data["owner_code"])
        if code and (why := owner_code_fault(code)):
            raise forms.ValidationError(why)
        return code

    def clean_amount(self) -> Decimal:
        """More than nothing."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError(_t("需求金额要大于 0。"))
        return amount

    def clean(self) -> dict[str, Any]:
        """The project, found by its code."""
        found = self.cleaned_data
        code = values.clean_code(found.pop("project_code", ""))
        if not code:
            return found
        found["project"] = self.visible.filter(code=code).first()
        if found["project"] is None:
            self.add_error("project_code", _t("项目库里没有代码 %(code)s 的项目。") % {"code": code})
        elif found.get("kind") != NeedKind.PROJECT:
            self.add_error("kind", _t("填了项目代码，需求类型应是重点项目。"))
        return found


class NeedFilter(forms.Form):
    """What to look for; `apply` narrows a queryset."""

    q = forms.CharField(label=_("关键词"), required=False, max_length=100, widget=forms.SearchInput(
        {"aria-label": _("关键词"), "placeholder": _("项目、企业名称")}
    ))  # fmt: skip
    county = Choice(_("县市区"), _("全部县市区"))
    kind = Choice(_("类型"), _("全部类型"))
    status = Choice(_("状态"), _("全部状态"))
    reached = Choice(_("进展"), _("全部进展"))

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities = {post.unit.city_code for post in person.posts_on(day)}
        counties = Unit.objects.filter(kind=UnitKind.COUNTY, city_code__in=cities).order_by("sort_key", "pk")
        if sees_city(person, day):
            self.fields["county"].offer([(one.code, one.label) for one in counties])  # type: ignore[attr-defined]
        else:
            del self.fields["county"]
        reached = [*Reached.choices, ("none", _t("还没有对接")), ("no_credit", _t("对接后还没有授信"))]
        for name, options in (("kind", NeedKind.choices), ("status", Status.choices), ("reached", reached)):
            self.fields[name].offer(options)  # type: ignore[attr-defined]

    def apply(self, rows: NeedSet) -> NeedSet:
        """The rows that meet all conditions; none while one of them makes no sense."""
        if not self.is_valid():
            return rows.none()
        found = self.cleaned_data
        for word in found["q"].split():
            rows = rows.filter(name__icontains=word)
        plain_ones = {"county": "county_code", "kind": "kind", "status": "status"}
        rows = rows.filter(**{column: found[name] for name, column in plain_ones.items() if found.get(name)})
        step = {"none": "", "no_credit": Reached.CONTACT}.get(found["reached"], found["reached"])
        return rows.filter(reached=step) if found["reached"] else rows


class PublishForm(forms.Form):
    """A batch of needs."""

    name = _text(_("发布批次"), 60, help_text=_("如“2020年第四批”"))
    published_on = _day(_("发布日期"))
    needs = forms.ModelMultipleChoiceField(
        Need.objects.none(), label=_("要发布的需求"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("没有选要发布的需求。")},
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Need.objects.visible_to(person, day).filter(status=Status.WAITING).order_by("county_code", "name", "pk")
        self.fields["needs"].queryset = rows[:500] if not self.is_bound else rows  # type: ignore[attr-defined]
        self.initial.setdefault("published_on", day)


# -- acts ---------------------------------------------------------------------------------------------------------


class ActForm(forms.Form):
    """An act on a need. `seen` is the version the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": _("页面不完整，请刷新后再办。")})

    def __init__(self, *args: Any, need: Need, day: date, **kwargs: Any) -> None:
        self.need, self.day = need, day
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = need.version
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values from the need."""
        if "bank" in self.fields:
            self.fields["bank"].queryset = self.banks()  # type: ignore[attr-defined]

    def banks(self) -> Any:
        """The banks that have met the need."""
        return queries.banks_of(self.need.city_code).filter(contacts__need=self.need).distinct()

    def arguments(self) -> dict[str, Any]:
        """The words of the action besides need, actor and at."""
        return dict(self.cleaned_data)


class ReasonForm(ActForm):
    reason = _text(_("理由"), 2000, rows=3)


class ContactForm(ActForm):
    kind = forms.ChoiceField(label=_("形式"), choices=EventKind.choices)
    bank = _bank()
    name = _text(_("活动名称"), 100, False, help_text=_("不填就用“形式＋日期”"))
    held_on = _day(_("对接日期"))
    place = _text(_("地点"), 100, False)
    attendees = _text(_("参加人员"), 400, False, 2)
    note = _text(_("情况"), 2000, False, 3)

    def banks(self) -> Any:
        """All banks of the city."""
        return queries.banks_of(self.need.city_code)

    def arguments(self) -> dict[str, Any]:
        """The pair, and what is said of the event."""
        found = dict(self.cleaned_data)
        label = EventKind(found["kind"]).label
        found["name"] = found["name"] or f"{label} {found['held_on']:%Y-%m-%d}"
        return {"pairs": [(self.need, found.pop("bank"))], "seen": found.pop("seen"), "fields": found}


class GrantForm(ActForm):
    bank = _bank(_("授信银行"))
    amount = MoneyField(label=_("授信金额"), help_text=_("万元；也可以写“2.5亿元”"))
    granted_on = _day(_("授信日期"))
    until_on = _day(_("授信到期日"), False)


class PayForm(ActForm):
    credit = forms.ModelChoiceField(Credit.objects.none(), label=_("哪一笔授信"), empty_label=_("请选择"))
    amount = MoneyField(label=_("放款金额"), help_text=_("万元"))
    paid_on = _day(_("放款日期"))

    def prepare(self) -> None:
        rows = self.need.credits.filter(ended_on=None).select_related("bank").order_by("granted_on", "pk")
        self.fields["credit"].queryset = rows  # type: ignore[attr-defined]
        self.fields["credit"].label_from_instance = lambda one: _t("%(bank)s %(day)s 授信 %(amount)s 万元") % {  # type: ignore[attr-defined]
            "bank": one.bank.name, "day": one.granted_on, "amount": plain(one.amount),
        }  # fmt: skip


class RefuseForm(ActForm):
    bank = _bank()
    refused_on = _day(_("答复日期"))
    ground = forms.ChoiceField(label=_("未授信原因"), choices=Ground.choices)
    reason = _text(_("说明"), 2000, rows=3)


class VoidForm(ActForm):
    row = forms.ChoiceField(label=_("作废哪一条"))
    reason = _text(_("作废理由"), 2000, rows=3)

    def prepare(self) -> None:
        credits = self.need.credits.filter(ended_on=None).select_related("bank").order_by("pk")
        loans = Loan.objects.filter(credit__need=self.need, ended_on=None).select_related("credit__bank").order_by("pk")
        named = [(_t("授信"), one.bank, one.granted_on, one) for one in credits]
        named += [(_t("放款"), one.credit.bank, one.paid_on, one) for one in loans]
        self.rows: dict[str, Credit | Loan] = {f"{type(one).__name__}-{one.pk}": one for *_words, one in named}
        words = [f"{kind} {bank} {day} {plain(one.amount)}" for kind, bank, day, one in named]
        self.fields["row"].choices = [("", _t("请选择")), *zip(self.rows, words, strict=True)]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """The record itself."""
        return {**self.cleaned_data, "row": self.rows[self.cleaned_data["row"]]}


# -- banks and balances -------------------------------------------------------------------------------------------


class BankForm(forms.Form):
    """A bank."""

    name = _text(_("银行名称"), 60)
    code = _text(_("银行代码"), 20, help_text=_("表格里用它对应银行"))
    unit = FullNameField(Unit.objects.none(), label=_("维护单位"), empty_label=_("请选择"), to_field_name="code")
    contact_name = _text(_("联系人"), 40, False)
    contact_phone = _text(_("联系电话"), 40, False)

    def __init__(self, *args: Any, city_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [UnitKind.CITY, UnitKind.CITY_DEPT]
        rows = Unit.objects.filter(city_code=city_code, kind__in=kinds, active=True).order_by("sort_key", "pk")
        self.fields["unit"].queryset = rows  # type: ignore[attr-defined]


class ProductForm(forms.Form):
    """What a bank offers."""

    name = _text(_("产品"), 60)
    least_amount = MoneyField(label=_("起点金额"), help_text=_("万元；没有填 0"))
    most_amount = MoneyField(label=_("最高金额"), help_text=_("万元；也可以写“2.5亿元”"))
    most_months = forms.IntegerField(label=_("最长期限（月）"), min_value=1, max_value=480)
    securities = forms.MultipleChoiceField(
        label=_("担保方式"), choices=Security.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选就是不限"),
    )  # fmt: skip
    industries = forms.MultipleChoiceField(
        label=_("支持行业"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("都不选就是不限")
    )

    def __init__(self, *args: Any, industries: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["industries"].choices = list(industries.items())  # type: ignore[attr-defined]


class BalanceForm(forms.Form):
    """One bank's loans to one class at a month's end."""

    month_on = MonthField(label=_("月份"))
    bank = _bank()
    loan_class = forms.ChoiceField(label=_("类别"), choices=LoanClass.choices)
    start_amount = MoneyField(label=_("年初余额"), help_text=_("万元；也可以写“2.5亿元”"))
    issued_amount = MoneyField(label=_("本年发放"), help_text=_("1月至本月累计，万元"))
    repaid_amount = MoneyField(label=_("本年收回"), help_text=_("1月至本月累计，万元"))
    written_amount = MoneyField(label=_("本年核销"), required=False, help_text=_("没有不填"))
    end_amount = MoneyField(label=_("期末余额"), help_text=_("年初＋发放－收回－核销，不相等不能填报"))
    reason = _text(_("更正理由"), 2000, False, 2, help_text=_("这个月已经填过的，必须写"))

    def __init__(self, *args: Any, city_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].queryset = queries.banks_of(city_code)  # type: ignore[attr-defined]

    def clean_written_amount(self) -> Decimal:
        """Nothing written off unless said."""
        return self.cleaned_data["written_amount"] or Decimal(0)


class TotalForm(forms.Form):
    """The published total of a month."""

    month_on = MonthField(label=_("截至月份"))
    amount = MoneyField(label=_("期末余额合计"), help_text=_("可以写“162.77亿元”"))
    start_amount = MoneyField(label=_("年初余额合计"))
    increase_amount = MoneyField(label=_("较年初增加"))
    source = _text(_("来源文件"), 200, help_text=_("文号、名称，如“衡水银保监分局《2020年6月统计月报》”"))
    published_on = _day(_("发布日期"))
    gap_note = _text(_("差额说明"), 200, False, 2, help_text=_("合计与各类之和不相等时必须写；差额照样显示在页面上"))


class SheetForm(forms.Form):
    """A sheet to check or to bring in."""

    month_on = MonthField(label=_("月份"))
    upload = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv。表名、“单位：万元”和小计、合计行都不用删。"),
        widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": _("还没有选文件。"),
            "empty": _("文件是空的，请重新选择。"),
            "missing": _("文件没有传上来，请重新选择。"),
        },
    )  # fmt: skip
