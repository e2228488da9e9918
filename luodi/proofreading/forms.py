"""The text to proofread: a file or pasted words, and its date."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit.refusal import Refused
from luodi.proofreading import queries


class ProofForm(forms.Form):
    """One of file and text. `paper` is the text read, once the form is valid."""

    upload = forms.FileField(
        label=_("Word 文件"),
        required=False,
        help_text=_(".docx；文件本身不保存，只保留文字 30 天，可随时删除。"),
        widget=forms.FileInput({"accept": ".docx"}),
        error_messages={"empty": _("文件是空的，请重新选择。"), "missing": _("文件没有传上来，请重新选择。")},
    )
    text = forms.CharField(
        label=_("或粘贴文字"),
        required=False,
        max_length=queries.MOST,
        widget=forms.Textarea({"rows": 10}),
        help_text=_("粘贴的文字只核对数字，不查版式。"),
    )
    dated_on = forms.DateField(
        label=_("文稿日期"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("不填时取落款日期；与台账核对以这一天为截止日期。"),
    )
    paper: queries.Paper

    def clean(self) -> dict[str, Any]:
        """Read what was given; a fault is said at its field."""
        given = super().clean() or self.cleaned_data
        upload, text = given.get("upload"), given.get("text", "")
        if self.errors:
            return given
        if bool(upload) == bool(text.strip()):
            words = (
                _t("请选一个文件，或者粘贴文字。") if not upload else _t("文件和粘贴的文字只能校核一样，请去掉一样。")
            )
            raise forms.ValidationError(words)
        try:
            self.paper = queries.paper_of(upload.read(), upload.name) if upload else queries.paper_from(text)
        except Refused as why:
            self.add_error("upload" if upload else "text", str(why))
        return given
