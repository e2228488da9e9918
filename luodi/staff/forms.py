"""Accounts and posts: strings to clean values."""

from django import forms
from django.utils.translation import gettext_lazy as _

from luodi.kit.forms import FullNameField
from luodi.orgs.models import Person, Role, Unit


class AdmitForm(forms.Form):
    """A new person and the password for the first log-in."""

    username = forms.CharField(label=_("账号"), max_length=40)
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)
    email = forms.EmailField(label=_("电子邮箱"), max_length=100, required=False, help_text=_("接收每日通知摘要。"))
    password = forms.CharField(label=_("初始密码"), widget=forms.PasswordInput, help_text=_("本人首次登录后必须更换。"))


class AppointForm(forms.Form):
    """A post proposed for a person."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("人员"))
    unit = FullNameField(Unit.objects.none(), label=_("单位"))
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    title = forms.CharField(label=_("职务"), max_length=40, required=False)
    starts_on = forms.DateField(label=_("起始日期"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person"].queryset = Person.objects.filter(is_active=True).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("code")  # type: ignore[attr-defined]


class FirstPasswordForm(forms.Form):
    """A password for somebody who has forgotten it."""

    password = forms.CharField(
        label=_("新的初始密码"), widget=forms.PasswordInput, help_text=_("请当面或电话告知本人；本人登录后必须更换。")
    )


class ReasonForm(forms.Form):
    """Why an account is switched off or on, or a proposal turned down."""

    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea({"rows": 2}))


class LeaveForm(forms.Form):
    """From which day on a post is no longer held."""

    ends_on = forms.DateField(
        label=_("离岗日期"),
        widget=forms.DateInput({"type": "date"}),
        help_text=_("从这一天起不再有这个岗位的权限。手里的件请专班办在台账里移交。"),
    )
