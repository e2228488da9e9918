"""What is searched for: enough to search by, and not more than a person types."""

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit.values import clean_text

LONGEST = 2000
MOST_WORDS = 8


class SearchForm(forms.Form):
    """Words, each of which must be found: two characters or more, or one digit of a number."""

    q = forms.CharField(
        label=_("搜索"),
        max_length=LONGEST,
        error_messages={"max_length": _("搜索的内容太长，最多 %(limit_value)d 个字。")},
        widget=forms.SearchInput({"placeholder": _("搜索编号、项目、单位、文件")}),
    )

    def clean_q(self) -> str:
        """Not a single character, which everything holds; not a whole page. Wide digits and letters are narrowed."""
        text = " ".join(clean_text(self.cleaned_data["q"]).replace("－", "-").split())
        words = text.split()
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(_t("最多 %(n)s 个词，请只留要紧的。") % {"n": MOST_WORDS})
        if any(len(word) < 2 for word in words) and not (len(words) == 1 and text.isascii() and text.isdigit()):
            raise forms.ValidationError(_t("每个词至少两个字；编号可以只写一位数字。"))
        return text
