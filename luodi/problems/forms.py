"""What people type about one problem: the words of each act, and a new problem however it arrives."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Batch, Campaign, Category
from luodi.campaigns.rules import deadline
from luodi.files.rules import check_size, sniff
from luodi.kit import values
from luodi.kit.forms import FlagField
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import Person, Post, Role, Unit, UnitKind
from luodi.problems.actions import LineCheck
from luodi.problems.models import Closure, Finding, Problem, Source
from luodi.problems.queries import Known, Line, key
from luodi.problems.rules import project_code_fault, project_code_warning, register_refusal


def _words(label: Any, required: bool = True, rows: int = 4, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=4000, widget=forms.Textarea({"rows": rows})
    )


class ActForm(forms.Form):
    """An act on a problem. `seen` is the version the page showed; the acts without words use this form itself."""

    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": _("页面不完整，请刷新后再办。")})

    def __init__(
        self, *args: Any, problem: Problem, actor: Person, day: date, lines: list[Line] | None = None, **kwargs: Any
    ) -> None:
        self.problem, self.actor, self.day, self.lines = problem, actor, day, lines or []
        self.rejected, self.idle = list[str](), False  # files not taken; whether nothing else is left to do
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = problem.version
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and first values from the problem."""

    def seen_version(self) -> int | None:
        """The version the person looked at."""
        return int(self.cleaned_data["seen"])

    def arguments(self) -> dict[str, Any]:
        """The words of the action besides problem, actor, at and seen."""
        return {k: v for k, v in self.cleaned_data.items() if k != "seen"}


class ReasonForm(ActForm):
    reason = _words(_("理由"))


class AssignForm(ActForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("责任单位"), empty_label=_("请选择"))
    lead_unit = forms.ModelChoiceField(Unit.objects.none(), label=_("市直牵头单位"), required=False, empty_label="—")
    due_on = forms.DateField(label=_("整改时限"), help_text=_("按整改标准的时限算出，可以改"))
    responsible_name = forms.CharField(label=_("责任人"), max_length=40, required=False)
    is_priority = FlagField(label=_("重点难点"))

    def prepare(self) -> None:
        here = Unit.objects.filter(city_code=self.problem.city_code, active=True).order_by("county_code", "pk")
        self.fields["unit"].queryset = here.filter(kind__in=[UnitKind.COUNTY, UnitKind.COUNTY_DEPT, UnitKind.CITY_DEPT])
        self.fields["lead_unit"].queryset = here.filter(kind=UnitKind.CITY_DEPT)
        for name in ("unit", "lead_unit", "responsible_name", "is_priority"):
            self.initial.setdefault(name, getattr(self.problem, name))
        standard = self.problem.standard
        try:
            due_on = deadline(self.day, standard.deadline_days, standard.deadline_unit)
        except Refused:
            due_on = None  # the calendar of that year is not announced: the person writes the day
        self.initial.setdefault("due_on", due_on)


class PlanForm(ActForm):
    cause = _words(_("原因"), required=False)
    goal = _words(_("整改目标"))
    measures = _words(_("整改措施"))

    def prepare(self) -> None:
        self.initial |= {name: getattr(self.problem, name) for name in ("cause", "goal", "measures")}


class SendBackForm(ReasonForm):
    due_on = forms.DateField(label=_("补正时限"), required=False, help_text=_("不填就沿用原来的时限"))


class RejectForm(ReasonForm):
    due_on = forms.DateField(label=_("新的整改时限"))


class ReopenForm(RejectForm):
    cause = forms.ChoiceField(label=_("重新打开的原因"), choices=[("", _("请选择")), *Closure.Cause.choices])
    field_order = ["cause", "reason", "due_on"]


class HandOverForm(ReasonForm):
    successor = forms.ModelChoiceField(Person.objects.none(), label=_("接手的经办人"), empty_label=_("请选择"))
    field_order = ["successor", "reason"]

    def prepare(self) -> None:
        held = Post.objects.filter(unit=self.problem.unit_id, role=Role.CLERK, starts_on__lte=self.day)
        held = held.exclude(ends_on__lte=self.day)
        able = Person.objects.filter(pk__in=held.values("person"), is_active=True)
        self.fields["successor"].queryset = able.exclude(pk=self.problem.handler_id).order_by("name", "pk")


class ReviseForm(ReasonForm):
    title = forms.CharField(label=_("问题"), max_length=100)
    description = _words(_("问题表现"), required=False)
    cause = _words(_("原因"), required=False)
    project_name = forms.CharField(label=_("项目名称"), max_length=100, required=False)
    project_code = forms.CharField(label=_("项目代码"), max_length=40, required=False)
    project_owner = forms.CharField(label=_("项目单位"), max_length=100, required=False)
    responsible_name = forms.CharField(label=_("责任人"), max_length=40, required=False)
    is_priority = FlagField(label=_("重点难点"))
    from_above = FlagField(label=_("上级交办"))
    field_order = ["title", "description", "cause", "project_name", "project_code", "project_owner"]

    def prepare(self) -> None:
        self.initial |= {name: getattr(self.problem, name) for name in self.fields if name not in {"seen", "reason"}}

    def clean_project_code(self) -> str:
        return clean_project_code(self.cleaned_data["project_code"])

    def arguments(self) -> dict[str, Any]:
        words = super().arguments()
        return {"reason": words.pop("reason"), "fields": words}


def clean_project_code(typed: object) -> str:
    """A project code in its own shape; a wrong one is a field's error."""
    code = values.clean_code(typed)
    if code and (fault := project_code_fault(code)):
        raise forms.ValidationError(fault)
    return code


class ProveForm(ActForm):
    """Result, what the ledger claims on each line, and files: `claim-<line>`, `file-<line>` (any number each).

    A bad file does not lose the rest: the good ones are in `uploads`, what is wrong with the others in `rejected`.
    A post without `result` only adds files, which overwrites nothing; `words` tells whether others changed the words.
    """

    result = _words(_("整改结果"), required=False)

    def prepare(self) -> None:
        self.initial.setdefault("result", self.problem.result)
        for line in self.lines:
            hint = _("现在可以不写，报告整改完成之前要写齐") if line.item.required else ""
            words = _words(line.title, required=False, rows=2, help_text=hint)
            if not line.readable:
                words.help_text = _("仅纪检可看。已经写的不再显示；不写就保留原来的。")
            self.fields[f"claim-{line.item.pk}"] = words
            self.initial[f"claim-{line.item.pk}"] = line.item.claim if line.readable else ""
        self.uploads: list[tuple[int, Any, str]] = []

    def clean(self) -> dict[str, Any]:
        for line in self.lines:
            for upload in self.files.getlist(f"file-{line.item.pk}") if self.files else []:
                self._take(line.item.pk, upload)
        self.idle = not self.worded and not self.uploads
        if self.idle and not self.rejected:
            self.add_error(None, _t("还没有选文件。"))
        return self.cleaned_data

    @property
    def worded(self) -> bool:
        """Whether the words were sent, not only files."""
        return "result" in self.data

    def words_now(self) -> str:
        """A print of the words as they stand."""
        claims = [line.item.claim for line in self.lines]
        return sm3(json.dumps([self.problem.status, self.problem.result, claims]).encode())[:16]

    def seen_version(self) -> int | None:
        """Files added meanwhile change the version, not the words: they do not make the page stale."""
        if not self.worded:
            return None
        unchanged = self.data.get("words") == self.words_now()
        return self.problem.version if unchanged else super().seen_version()

    def _take(self, pk: int, upload: Any) -> None:
        try:
            check_size(upload.size, upload.name, settings.LUODI_UPLOAD_MB, getattr(settings, "LUODI_IMAGE_MB", 20))
            sniff(upload, upload.name)
        except Refused as why:
            self.rejected.append(str(why))
        else:
            upload.seek(0)
            self.uploads.append((pk, upload, upload.name))

    def arguments(self) -> dict[str, Any]:
        """Where only files were sent, the words stay as they are."""
        claims = {x.item.pk: self.cleaned_data[f"claim-{x.item.pk}"] for x in self.lines} if self.worded else {}
        hidden = {x.item.pk for x in self.lines if not x.readable}
        return {
            "result": self.cleaned_data["result"] if self.worded else None,
            "claims": {pk: words for pk, words in claims.items() if words or pk not in hidden},
            "uploads": self.uploads,
        }


class CheckForm(ActForm):
    """A finding and a note for each line this person may check: `finding-<line>`, `note-<line>`."""

    def prepare(self) -> None:
        for line in self.lines:
            if not line.checkable:
                continue
            own = line.verdict if line.verdict and line.verdict.decided_by_id == self.actor.pk else None
            self.fields[f"finding-{line.item.pk}"] = forms.ChoiceField(
                label=line.title, choices=Finding.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note-{line.item.pk}"] = forms.CharField(label=_("核对说明"), max_length=500, required=False)
            self.initial[f"finding-{line.item.pk}"] = own.finding if own else ""
            self.initial[f"note-{line.item.pk}"] = own.note if own else ""

    def clean(self) -> dict[str, Any]:
        """Something must be found; whatever is not 相符 needs words."""
        found = self.cleaned_data
        for line in self.lines:
            finding, note = found.get(f"finding-{line.item.pk}"), (found.get(f"note-{line.item.pk}") or "").strip()
            if finding and finding != Finding.MATCH and not note:
                self.add_error(
                    f"note-{line.item.pk}", _t("“%(line)s”不是相符，请写明核对说明。") % {"line": line.title}
                )
        if not self.errors and not self.arguments()["findings"]:
            self.add_error(None, _t("还没有选结论，请至少核对一项。"))
        return found

    def arguments(self) -> dict[str, Any]:
        """Only the lines somebody has decided about."""
        found = self.cleaned_data
        decided = [x.item.pk for x in self.lines if found.get(f"finding-{x.item.pk}")]
        return {"findings": {pk: LineCheck(found[f"finding-{pk}"], found.get(f"note-{pk}") or "") for pk in decided}}

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its two fields, or without them where somebody else checks it."""
        fields = {x.item.pk: ("finding", "note") if x.checkable else () for x in self.lines}
        return [{"line": x, **{name: self[f"{name}-{x.item.pk}"] for name in fields[x.item.pk]}} for x in self.lines]


# -- a new problem --------------------------------------------------------------------------------------------


class CellField(forms.Field):
    """A field read by a function of kit.values, whatever the cell holds; blank and missing are the same."""

    def __init__(self, read: Any, blank: Any = "", longest: int = 4000, **kwargs: Any) -> None:
        self.read, self.blank, self.longest = read, blank, longest
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        try:
            found = self.read(value)
        except Refused as why:
            raise forms.ValidationError(str(why)) from None
        if found is None or found == "":
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return self.blank
        if isinstance(found, str) and len(found) > self.longest:
            sentence = _t("“%(field)s”有 %(n)s 个字，最多 %(most)s 个字，请缩短。")
            raise forms.ValidationError(sentence % {"field": self.label, "n": len(found), "most": self.longest})
        return found


def _text(label: Any, longest: int, required: bool = False, rows: int = 0) -> CellField:
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput({"maxlength": longest})
    return CellField(values.clean_text, longest=longest, label=label, required=required, widget=widget)


def _one_of(labels: Mapping[str, Any], others: Mapping[Any, str], typed: str) -> str:
    """The code meant by a code, its label or one of the other names."""
    names = {key(name): code for name, code in others.items()}
    names |= {key(name): code for code, label in labels.items() for name in (code, label)}
    if key(typed) in names:
        return str(names[key(typed)])
    sentence = _t("没有“%(typed)s”这个选项，可以填：%(offered)s。")
    raise forms.ValidationError(sentence % {"typed": typed, "offered": _t("、").join(str(x) for x in labels.values())})


class ProblemForm(forms.Form):
    """One problem, however it arrives: typed, or one row of a sheet. Cleans to the `fields` of `actions.register`.

    `warnings` are odd but allowed. For many rows pass `known=Known.of(campaign)`.
    """

    batch = CellField(values.clean_text, label=_("批次"), widget=forms.Select)
    source = CellField(values.clean_text, label=_("问题来源"), widget=forms.Select)
    unit = CellField(values.clean_text, label=_("责任单位"), widget=forms.Select)
    category = CellField(values.clean_text, label=_("问题类别"), widget=forms.Select)
    title = _text(_("问题"), 100, required=True)
    description = _text(_("问题表现"), 4000, rows=4)
    cause = _text(_("原因"), 4000, rows=3)
    project_name = _text(_("项目名称"), 100)
    project_code = CellField(values.clean_code, label=_("项目代码"), required=False, widget=forms.TextInput)
    project_owner = _text(_("项目单位"), 100)
    found_on = CellField(values.to_date, label=_("发现日期"), widget=forms.DateInput)
    responsible_name = _text(_("责任人"), 40)
    is_priority = FlagField(label=_("重点难点"))
    from_above = FlagField(label=_("上级交办"))

    def __init__(
        self,
        data: Any = None,
        *,
        campaign: Campaign,
        actor: Person,
        day: date,
        known: Known | None = None,
        **kwargs: Any,
    ) -> None:
        self.campaign, self.actor, self.day = campaign, actor, day
        self.known = known or Known.of(campaign)
        self.warnings: list[str] = []
        super().__init__(data, **kwargs)

    def offer(self) -> None:
        """Fill the select fields, for a form that is shown."""
        units = list(dict.fromkeys(u for found in self.known.units.values() for u in found))
        mine = [u for u in units if not register_refusal(self.campaign, u, self.actor, self.day)]
        kinds = sorted({one for found in self.known.categories.values() for one in found}, key=lambda x: (x.seq, x.pk))
        empty = ("", _t("请选择"))
        batches = [(code, self.campaign.batch_label(code)) for code in Batch.values]
        self.fields["batch"].widget.choices = [empty, *batches]
        self.fields["source"].widget.choices = [empty, *Source.choices]
        self.fields["unit"].widget.choices = [empty, *((u.code, u.label) for u in mine)]
        self.fields["category"].widget.choices = [empty, *((one.code, one.label) for one in kinds)]

    def clean_batch(self) -> str:
        """The batch by code, name, the campaign's own name or its prefix."""
        own = self.campaign
        others = {own.base_label: "base", own.new_label: "new"} | {b.label: str(b.value) for b in Batch}
        others |= {own.prefix(code): code for code in Batch.values}
        return _one_of({code: own.batch_label(code) for code in Batch.values}, others, self.cleaned_data["batch"])

    def clean_source(self) -> str:
        """The source by code or name."""
        return _one_of(dict(Source.choices), {}, self.cleaned_data["source"])

    def clean_unit(self) -> Unit:
        """The unit by code or name, if this person may register for it."""
        typed = self.cleaned_data["unit"]
        unit = self._found(self.known.units, typed, _t("没有“%(typed)s”这个责任单位，请写全称或单位代码。"))
        if why := register_refusal(self.campaign, unit, self.actor, self.day):
            raise forms.ValidationError(why)
        return unit

    def clean_category(self) -> Category:
        """The category by code, by group and name, or by a name that is the only one."""
        typed = self.cleaned_data["category"]
        return self._found(
            self.known.categories, typed, _t("没有“%(typed)s”这个问题类别，请按“审批 · 环评”的样子填写。")
        )

    def _found(self, table: dict[str, list[Any]], typed: str, unknown: str) -> Any:
        found = table.get(key(typed), [])
        if not found:
            raise forms.ValidationError(unknown % {"typed": typed})
        if len(found) > 1:
            names = _t("、").join(str(one) for one in found)
            raise forms.ValidationError(_t("“%(typed)s”可以指 %(names)s，请写全。") % {"typed": typed, "names": names})
        return found[0]

    def clean_project_code(self) -> str:
        """A wrong code is refused, one of another region only remarked on."""
        code = clean_project_code(self.cleaned_data["project_code"])
        if warning := project_code_warning(code, self.campaign.city.city_code):
            self.warnings.append(warning)
        return code

    def clean_found_on(self) -> date:
        """Not in the future."""
        found: date = self.cleaned_data["found_on"]
        if found > self.day:
            raise forms.ValidationError(_t("发现日期 %(found)s 在今天之后。") % {"found": found})
        return found

    def clean(self) -> dict[str, Any]:
        """The library's project by its code, else by its name, which people must look at."""
        found = self.cleaned_data
        code, name = found.get("project_code", ""), found.get("project_name", "")
        found["project"], guessed = self.known.projects.find(code, name) if code or name else (None, False)
        if guessed:
            self.warnings.append(_t("按名称对应到项目库的“%(name)s”，请确认。") % {"name": found["project"]})
        return found
