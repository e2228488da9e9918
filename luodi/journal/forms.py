"""What the journal page can be asked for."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from luodi.journal.models import Entry


class JournalFilter(forms.Form):
    """By person, verb and day. Bad input gives nothing, never everything."""

    who = forms.CharField(label=_("姓名"), required=False)
    verb = forms.CharField(label=_("动作"), required=False)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput({"type": "date"}))

    def apply(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries asked for."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["who"]:
            entries = entries.filter(actor_name=asked["who"].strip())
        if asked["verb"]:
            entries = entries.filter(verb__startswith=asked["verb"].strip())
        if asked["since"]:
            entries = entries.filter(at__date__gte=asked["since"])
        if asked["until"]:
            entries = entries.filter(at__date__lte=asked["until"])
        return entries
