"""The pack's catalogue of items, read strictly; and what people type for a case."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from luodi.campaigns.models import DeadlineUnit
from luodi.campaigns.rules import StrictLoader, broken_yaml, place_of, remedy, twice
from luodi.kit.refusal import Refused
from luodi.permits.models import Case, Certificate, Intake, Item, Status, StopKind
from luodi.permits.rules import graph
from luodi.projects.models import Project

FILE = "permits.yaml"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
Days = Annotated[int, Field(ge=0, le=400)]


class Entry(BaseModel):
    """Any mapping of the file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StageEntry(Entry):
    seq: Annotated[int, Field(ge=1, le=9)]
    name: Words
    name_en: Words


class PaperEntry(Entry):
    name: Short
    essential: bool
    reuse: Code | None = Field(default=None, alias="from")


class ItemEntry(Entry):
    code: Code
    name: Words
    name_en: Words
    stage: int
    department: Code
    statutory: Days
    more: Days = 0
    committed: Days
    day_unit: DeadlineUnit = DeadlineUnit.WORKING_DAY
    basis: Words
    certificate: str = ""
    months: Annotated[int, Field(ge=1, le=600)] | None = None
    deferrable: bool = False
    commitment: bool = False
    simulatable: bool = False
    beside: bool = False
    papers: list[PaperEntry]

    def facts(self) -> dict[str, Any]:
        """The columns of the item."""
        plain = "code name name_en stage department basis certificate day_unit".split()
        renamed = {
            "statutory_days": self.statutory, "more_days": self.more, "committed_days": self.committed,
            "valid_months": self.months, "is_deferrable": self.deferrable, "is_commitment": self.commitment,
            "is_simulatable": self.simulatable, "is_beside": self.beside,
        }  # fmt: skip
        return {name: getattr(self, name) for name in plain} | renamed


class StepEntry(Entry):
    item: Code
    after: list[Code] = []


class TemplateEntry(Entry):
    code: Code
    name: Words
    name_en: Words
    steps: list[StepEntry]


class CatalogueEntry(Entry):
    version: Annotated[int, Field(ge=1)]
    source: Words
    stages: list[StageEntry]
    items: list[ItemEntry]
    templates: list[TemplateEntry]


def read_catalogue(folder: Path) -> CatalogueEntry:
    """The file `permits.yaml` of a pack. Refused with every fault and its line."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(_t("打不开文件「%(path)s」，请核对路径和权限。") % {"path": path}) from None
    try:
        facts, node = yaml.load(text, StrictLoader), yaml.compose(text, yaml.SafeLoader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as wrong:
        raise Refused(broken_yaml(FILE, wrong)) from None
    try:
        found = CatalogueEntry.model_validate(facts)
    except ValidationError as wrong:
        lines = [f"{FILE}{place_of(node, one['loc'])}：{remedy(one)}" for one in wrong.errors()]
        raise Refused("\n".join(lines)) from None
    if faults := _faults(found):
        raise Refused("\n".join(f"{FILE}：{fault}" for fault in faults))
    return found


def _faults(found: CatalogueEntry) -> list[str]:
    """What single values cannot show: codes twice or unknown, a promise longer than the law, circles."""
    items = {item.code: item for item in found.items}
    faults = [words for words in (twice(i.code for i in found.items), twice(t.code for t in found.templates)) if words]
    stages = {stage.seq for stage in found.stages}
    for item in found.items:
        about = {"item": item.name}
        if item.committed > item.statutory:
            faults.append(_t("“%(item)s”的承诺时限长于法定时限，请改正。") % about)
        if item.stage not in stages:
            faults.append(_t("“%(item)s”的阶段不在 stages 里。") % about)
        for paper in item.papers:
            if paper.reuse and not (items.get(paper.reuse) and items[paper.reuse].certificate):
                faults.append(_t("“%(item)s”的材料引用了没有证照的事项“%(code)s”。") % {**about, "code": paper.reuse})
    for template in found.templates:
        try:
            graph([step.model_dump() for step in template.steps])
        except Refused as why:
            faults.append(_t("模板“%(name)s”：%(why)s") % {"name": template.name, "why": why})
        unknown = [{"name": template.name, "code": s.item} for s in template.steps if s.item not in items]
        faults += [_t("模板“%(name)s”的事项“%(code)s”不在目录里。") % about for about in unknown]
    return faults


# -- what people type --------------------------------------------------------------------------------------------


def _words(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": 3})
    return forms.CharField(label=label, help_text=help_text, max_length=2000, widget=widget)


class ApplyForm(forms.Form):
    """An application at the window, for one item or several of one stage at once (并联)."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("项目"), empty_label=_("请选择"))
    items = forms.ModelMultipleChoiceField(
        Item.objects.none(), label=_("事项"), help_text=_("选几项就是并联受理，同时开始计时"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    intake = forms.ChoiceField(label=_("受理方式"), choices=Intake.choices, initial=Intake.NORMAL)
    awaits = forms.CharField(
        label=_("模拟审批等待的前置条件"), required=False, max_length=100, help_text=_("如：取得土地出让合同")
    )

    def __init__(self, *args: Any, projects: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset, self.fields["items"].queryset = projects, items
        self.fields["items"].label_from_instance = lambda item: item.local_name

    def clean(self) -> dict[str, Any]:
        """A simulated case says what it waits for."""
        if self.cleaned_data.get("intake") == Intake.SIMULATED and not self.cleaned_data.get("awaits", "").strip():
            self.add_error("awaits", _t("模拟审批要写明等待的前置条件。"))
        return self.cleaned_data


class ActForm(forms.Form):
    """An act on a case; `seen` is the version the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["seen"].initial = case.version
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the case."""


class ReasonForm(ActForm):
    reason = _words(_("说明"))


class AcceptForm(ActForm):
    promised_on = forms.DateField(
        label=_("容缺材料补正期限"), required=False, help_text=_("容缺受理要书面承诺补正日期，不得晚于承诺办结日")
    )

    def prepare(self) -> None:
        if self.case.intake != Intake.DEFERRED:
            del self.fields["promised_on"]


class SupplyForm(ActForm):
    papers = forms.MultipleChoiceField(label=_("收到的材料"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        rows = self.case.papers.filter(given_on=None).select_related("paper").order_by("paper__seq")
        self.fields["papers"].choices = [(row.pk, row.paper.name) for row in rows]


class SuspendForm(ReasonForm):
    kind = forms.ChoiceField(label=_("事由"), choices=StopKind.choices)
    starts_on = forms.DateField(label=_("暂停自"))
    field_order = ["kind", "starts_on", "reason"]


class ResumeForm(ActForm):
    ends_on = forms.DateField(label=_("恢复日期"), help_text=_("这一天起重新计时"))


class ExtendForm(ReasonForm):
    days = forms.IntegerField(label=_("延长天数"), min_value=1, max_value=60)
    joint = forms.BooleanField(label=_("统一办理、联合办理（本级政府负责人批准）"), required=False)
    field_order = ["days", "joint", "reason"]


class ConvertForm(ActForm):
    met_on = forms.DateField(label=_("前置条件具备日期"))


class IssueForm(ActForm):
    code = forms.CharField(label=_("证照编号"), max_length=60)
    scan = forms.FileField(label=_("扫描件"), required=False)


class CaseFilter(forms.Form):
    """The list's filter; an unknown value filters nothing."""

    q = forms.CharField(label=_("编号或项目"), required=False, max_length=60)
    stage = forms.TypedChoiceField(label=_("阶段"), required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(label=_("状态"), required=False)
    intake = forms.ChoiceField(label=_("受理方式"), required=False)
    due = forms.ChoiceField(
        label=_("时限"), required=False,
        choices=[("", _("不限时限")), ("late", _("已超时")), ("soon", _("将到期")), ("promise", _("容缺到期未补"))],
    )  # fmt: skip

    def __init__(self, *args: Any, stages: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [("", _t("全部阶段")), *stages]
        self.fields["status"].choices = [("", _t("全部状态")), *Status.choices]
        self.fields["intake"].choices = [("", _t("各种受理方式")), *Intake.choices]


class CertificateForm(forms.Form):
    """A certificate issued elsewhere, taken into the store."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("项目"), empty_label=_("请选择"))
    item = forms.ModelChoiceField(Item.objects.none(), label=_("事项"), empty_label=_("请选择"))
    code = forms.CharField(label=_("证照编号"), max_length=60)
    valid_from = forms.DateField(label=_("有效期起"))
    valid_until = forms.DateField(label=_("有效期止"), required=False)
    scan = forms.FileField(label=_("扫描件"), required=False)

    def clean_code(self) -> str:
        """A number stands once."""
        code = str(self.cleaned_data["code"]).strip()
        if Certificate.objects.filter(code=code).exists():
            raise forms.ValidationError(_t("证照编号 %(code)s 已在库中。") % {"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        """Valid forwards."""
        start, end = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_until")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            self.add_error("valid_until", _t("有效期止早于有效期起。"))
        return self.cleaned_data
