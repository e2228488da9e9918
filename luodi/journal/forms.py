"""What the journal page can be asked for."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from luodi.journal.models import Entry


class JournalFilter(forms.Form):
    """By person, act and day. Bad input gives nothing, never everything.

    `called(words)` are the verbs whose words hold these: acts are asked for as they are shown. A verb's code will do.
    """

    who = forms.CharField(label=_("姓名"), required=False)
    verb = forms.CharField(label=_("动作"), required=False)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, called: Callable[[str], Sequence[str]] = lambda words: (), **kwargs: Any) -> None:
        self.called = called
        super().__init__(*args, **kwargs)

    def apply(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries asked for."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["who"]:
            entries = entries.filter(actor_name=asked["who"].strip())
        if asked["verb"]:
            typed = asked["verb"].strip()
            entries = entries.filter(Q(verb__startswith=typed) | Q(verb__in=self.called(typed)))
        if asked["since"]:
            entries = entries.filter(at__date__gte=asked["since"])
        if asked["until"]:
            entries = entries.filter(at__date__lte=asked["until"])
        return entries
