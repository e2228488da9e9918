"""What people type for an application, a decision, an urging, and a desk that changes hands."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit.values import clean_code
from luodi.orgs.models import Person
from luodi.problems.forms import ReasonForm as ReasonForm
from luodi.problems.models import Problem
from luodi.problems.queries import resembling


def _words(label: Any, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": 3})
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=4000, widget=widget)


class ExtensionForm(ReasonForm):
    new_due_on = forms.DateField(label=_("延期至"))
    field_order = ["new_due_on", "reason"]

    def prepare(self) -> None:
        due_on = self.problem.due_on
        self.fields["new_due_on"].help_text = _t("现在的时限 %(due)s；最多延期两次，由市专班办批准") % {
            "due": due_on or "—"
        }


class MergeForm(ReasonForm):
    into = forms.CharField(label=_("并入哪一件（问题编号）"), max_length=20)
    field_order = ["into", "reason"]

    def prepare(self) -> None:
        one = self.problem
        typed = {"title": one.title, "project_name": one.project_name, "project_code": one.project_code}
        found = resembling(one.campaign, self.actor, self.day, **typed)
        codes = _t("、").join(p.code for p in found if p.pk != one.pk)
        if codes:
            self.fields["into"].help_text = _t("相像的：%(codes)s") % {"codes": codes}

    def clean_into(self) -> Problem:
        """The problem of that code, if this person may see it."""
        code = clean_code(self.cleaned_data["into"])
        mine = Problem.objects.visible_to(self.actor, self.day)
        found = mine.filter(campaign=self.problem.campaign_id, code=code).first()
        if found is None:
            raise forms.ValidationError(_t("没有编号为 %(code)s 的问题，请核对。") % {"code": code})
        return found


class UrgeForm(ReasonForm):
    reason = _words(_("催办内容"), help_text=_("写明催什么、什么时候办完；会留在这一件的经过里"))


class DecisionForm(forms.Form):
    """Approve or decline; who declines says why."""

    approved = forms.ChoiceField(
        label=_("批复"), choices=[("yes", _("批准")), ("no", _("不批准"))], widget=forms.RadioSelect
    )
    note = _words(_("批复意见"), required=False, help_text=_("不批准的，请写明理由"))

    def clean(self) -> dict[str, Any]:
        """Declining needs words."""
        if self.cleaned_data.get("approved") == "no" and not self.cleaned_data.get("note", "").strip():
            self.add_error("note", _t("不批准的，请写明理由。"))
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """The words of `actions.decide`."""
        return {"approved": self.cleaned_data["approved"] == "yes", "note": self.cleaned_data["note"]}


class DeskForm(forms.Form):
    successor = forms.ModelChoiceField(Person.objects.none(), label=_("接手的经办人"), empty_label=_("请选择"))
    reason = _words(_("移交理由"))

    def __init__(self, *args: Any, able: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = able
