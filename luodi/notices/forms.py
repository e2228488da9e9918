"""What reaches me, and a group's robot: strings to clean values."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit.forms import FullNameField
from luodi.notices.models import Channel, Kind, units_of
from luodi.orgs.models import Person, Unit

# What the robot's page of each platform shows; the key is the last part.
WECOM = re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([A-Za-z0-9_-]{10,80})")
DINGTALK = re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=([A-Za-z0-9]{10,100})")
SIGNING = re.compile(r"[A-Za-z0-9]{10,100}")


class ChoiceForm(forms.Form):
    """My address, and for each kind of notice whether it reaches me in the site and by e-mail."""

    email = forms.EmailField(
        label=_("电子邮箱"),
        max_length=100,
        required=False,
        help_text=_("每天一封摘要，只列编号、标题和事项。不填就不发邮件。"),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, chosen: Mapping[str, tuple[bool, bool]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            for way, words, on in zip(("site", "mail"), (_t("站内"), _t("邮件")), chosen[kind], strict=True):
                label = f"{kind.label} · {words}"
                box = forms.CheckboxInput({"aria-label": label})
                self.fields[f"{kind}_{way}"] = forms.BooleanField(label=label, required=False, initial=on, widget=box)

    def rows(self) -> list[tuple[str, BoundField, BoundField]]:
        """The table: kind, box for the site, box for e-mail."""
        return [(str(kind.label), self[f"{kind}_site"], self[f"{kind}_mail"]) for kind in Kind]

    def chosen(self) -> dict[str, tuple[bool, bool]]:
        """What was chosen, by kind."""
        facts = self.cleaned_data
        return {str(kind): (facts[f"{kind}_site"], facts[f"{kind}_mail"]) for kind in Kind}


class ChannelForm(forms.Form):
    """The robot of a group chat."""

    unit = FullNameField(Unit.objects.none(), label=_("单位"), help_text=_("群里收到这个单位能看到的问题。"))
    service = forms.ChoiceField(label=_("平台"), choices=Channel.Service.choices)
    name = forms.CharField(label=_("群名称"), max_length=40)
    webhook = forms.CharField(
        label=_("机器人地址"),
        max_length=300,
        help_text=_("在群里添加机器人后复制 Webhook 地址。地址等于进群的钥匙：加密保存，以后不再显示。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    signing = forms.CharField(
        label=_("加签密钥"),
        max_length=100,
        required=False,
        help_text=format_lazy(
            "{}{}", _("钉钉机器人选“加签”时填写，以 SEC 开头；选“自定义关键词”的，关键词设为："), "落地督办"
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("通知哪些"), choices=Kind.choices, widget=forms.CheckboxSelectMultiple, initial=[Kind.TURN, Kind.URGED]
    )

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(units_of(person, day)).order_by("code", "pk")
        # A limit that comes near is the handler's own matter; groups are told of acts.
        self.fields["kinds"].choices = [(k.value, k.label) for k in Kind if k != Kind.DUE]

    def clean(self) -> dict[str, Any]:
        """The address must be the platform's own: we send to nobody else's server."""
        facts = self.cleaned_data
        service, typed = facts.get("service"), facts.get("webhook", "").strip()
        found = (DINGTALK if service == Channel.Service.DINGTALK else WECOM).fullmatch(typed)
        if typed and not found:
            self.add_error("webhook", ValidationError(_t("这不是所选平台的机器人地址，请从群机器人页面整行复制。")))
        signing = facts.get("signing", "").strip()
        if signing and not SIGNING.fullmatch(signing):
            self.add_error("signing", ValidationError(_t("加签密钥只含字母和数字，以 SEC 开头。")))
        if found:
            secret = f"{signing}@" if signing and service == Channel.Service.DINGTALK else ""
            facts["address"] = f"{service}://{secret}{found.group(1)}/"
        return facts

    def arguments(self) -> dict[str, Any]:
        """What `actions.add_channel` takes."""
        return {name: self.cleaned_data[name] for name in ("unit", "service", "name", "address", "kinds")}
