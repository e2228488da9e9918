"""Passwords and tokens: strings to clean values."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.orgs.models import Person, Token

KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")


class ThreeKindsValidator:
    """At least three of: small letters, capitals, digits, other signs (GB/T 22239 8.1.4.1, domain.md 6.1)."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Refuse a password with fewer kinds of character."""
        if sum(bool(re.search(kind, password)) for kind in KINDS) < 3:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        """The rule in words."""
        return _t("密码至少要有小写字母、大写字母、数字、其他符号中的三种。")


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(label=_("账号"), max_length=40, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(label=_("密码"), widget=forms.PasswordInput({"autocomplete": "current-password"}))


class PasswordForm(forms.Form):
    """One's own new password, typed twice."""

    current = forms.CharField(label=_("现在的密码"), widget=forms.PasswordInput({"autocomplete": "current-password"}))
    new = forms.CharField(
        label=_("新密码"),
        help_text=_("至少10个字符，含小写字母、大写字母、数字、其他符号中的三种，不含账号和姓名。"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(label=_("再输一次"), widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def clean_again(self) -> str:
        """Both must be the same."""
        if self.cleaned_data["again"] != self.cleaned_data.get("new"):
            raise ValidationError(_t("两次输入的新密码不一样。"))
        return self.cleaned_data["again"]


class TokenForm(forms.Form):
    """A key for a program: what for, how far, how long."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如：区政务平台每日同步"))
    scopes = forms.MultipleChoiceField(
        label=_("范围"),
        choices=Token.Scope.choices,
        initial=[Token.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("令牌只能做您本人能做的事；只查询的不要勾选办理。"),
    )
    expires_on = forms.DateField(label=_("到期日"), help_text=_("最长一年，到这一天就不能再用"))
