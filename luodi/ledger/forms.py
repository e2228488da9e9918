"""The filter of the list: everything stands in the address, and each condition can be dropped by itself."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Batch, Campaign, Category
from luodi.indicators import queries as indicators
from luodi.indicators.rules import NONE, Frame, Rate, Unknown, catalogue, indicator_of
from luodi.kit.forms import Choice, FullNameField
from luodi.kit.refusal import Refused
from luodi.kit.templatetags.ui import cn_date
from luodi.ledger.rules import BULK, SORTS
from luodi.ledger.sheets import COLUMNS, chosen, offered
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.orgs.rules import sees_city
from luodi.problems.models import UNFINISHED, Problem, Source, Status
from luodi.problems.queries import holding

BAD_DAY = _("日期请写成 2020-08-31 的样子。")
FIGURES = ("problems.", "amendments.")  # modules whose figures count problems, or rows that belong to one
GROUP = "group:"  # before a group's name: all of its categories
FEW = 500  # rows that hold the words are known by their ids from then on: a rare word is looked for once
FRAME = ("figure", "part", "place", "as_of", "start", "end", "campaign")  # of a figure's address; one chip for all


def _day(label: Any, hidden: bool = False) -> forms.DateField:
    widget = forms.HiddenInput if hidden else forms.DateInput
    return forms.DateField(label=label, required=False, widget=widget, error_messages={"invalid": BAD_DAY})


def _due(code: str, day: date) -> Q:
    if code == "none":
        return UNFINISHED & Q(due_on=None)
    if code == "overdue":
        return UNFINISHED & Q(due_on__lt=day)
    return UNFINISHED & Q(due_on__gte=day, due_on__lte=day + timedelta(days=int(code)))


def _status(code: str, day: date) -> Q:
    if code == "overdue":
        return UNFINISHED & Q(due_on__lt=day)
    return UNFINISHED if code == "open" else Q(status=code)


def figure_rows(code: str, frame: Frame, part: str = "") -> Q:
    """The problems that an indicator counts, as a condition; of a rate those above, or `part="denominator"` below.

    Raises Unknown or Refused as the indicator does.
    """
    indicator = indicator_of(code)
    if isinstance(indicator, Rate):
        return figure_rows(indicator.denominator if part == "denominator" else indicator.numerator, frame)
    return Q(pk__in=indicators.rows(code, frame).order_by().values(f"{indicator.via}pk"))


# A condition of the form → its rows.
CONDITIONS: Mapping[str, Callable[[Any, "ProblemFilter"], Q]] = {
    "q": lambda value, form: form.words_condition,
    "county": lambda value, form: Q(county_code="" if value == NONE else value),
    "category": lambda value, form: form.category_condition(value),
    "group": lambda value, form: form.category_condition(f"{GROUP}{value}"),
    "status": lambda value, form: _status(value, form.day),
    "due": lambda value, form: _due(value, form.day),
    "batch": lambda value, form: Q(batch=value),
    "source": lambda value, form: Q(source=value),
    "unit": lambda value, form: Q(unit__code=value),
    "lead_unit": lambda value, form: Q(lead_unit=None) if value == NONE else Q(lead_unit__code=value),
    "priority": lambda value, form: Q(is_priority=value == "yes"),
    "handler": lambda value, form: Q(handler=form.person),
    "found_from": lambda value, form: Q(found_on__gte=value),
    "found_to": lambda value, form: Q(found_on__lte=value),
    "figure": lambda value, form: form.figure_condition,
}


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the names in the address that make it."""

    label: str
    words: str
    names: tuple[str, ...]


class ProblemFilter(forms.Form):
    """What to look for. `apply` narrows a queryset; with a bad value it is empty and `errors` say why.

    `figure` with the address of a figure (place, as_of, start, end) is exactly the rows that figure counts; its other
    filters have the same names and meaning here.
    """

    q = forms.CharField(label=_("关键词"), required=False, max_length=100, widget=forms.SearchInput(
        {"aria-label": _("关键词"), "placeholder": _("编号、问题、项目、单位")}
    ))  # fmt: skip
    county = Choice(_("县市区"), _("全部县市区"))
    category = Choice(_("类别"), _("全部类别"))
    status = Choice(_("状态"), _("全部状态"))
    due = Choice(_("时限"), _("全部时限"))
    batch = Choice(_("批次"))
    source = Choice(_("问题来源"))
    unit = Choice(_("责任单位"))
    lead_unit = Choice(_("市直责任单位"))
    found_from = _day(_("发现日期，从"))
    found_to = _day(_("发现日期，到"))
    handler = Choice(_("经办人"))
    group = Choice(_("问题大类"), hidden=True)
    priority = Choice(_("重点难点"), hidden=True)
    figure = Choice(_("指标"), hidden=True)
    part = Choice(_("指标"), hidden=True)
    place = forms.CharField(label=_("地区"), required=False, max_length=6, widget=forms.HiddenInput)
    as_of = _day(_("截至日期"), hidden=True)
    start = _day(_("起（含）"), hidden=True)
    end = _day(_("止（不含）"), hidden=True)
    campaign = forms.IntegerField(label=_("活动"), required=False, widget=forms.HiddenInput)

    scope: Campaign
    person: Person
    day: date
    figure_condition: Q
    units: list[Unit]
    counties: dict[str, str]
    categories: list[Category]

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        scope: Campaign,
        person: Person,
        day: date,
        like: "ProblemFilter | None" = None,
    ) -> None:
        """`like` is another filter of the same person, whose choices are taken over instead of read again."""
        self.scope, self.person, self.day = scope, person, day
        self.figure_condition = Q()
        super().__init__(data)
        if like is not None:
            self.units, self.counties, self.categories = like.units, like.counties, like.categories
            self.fields = copy(like.fields)
            return
        self.units = list(
            Unit.objects.filter(city_code=scope.city.city_code).order_by("sort_key", "pk").only(
                "code", "name", "name_en", "short_name", "kind", "county_code", "city_code"
            )
        )  # fmt: skip
        self.counties = {one.county_code: one.label for one in self.units if one.kind == UnitKind.COUNTY}
        if not sees_city(person, day) and all(post.unit.county_code for post in person.posts_on(day)):
            self.fields["county"].widget = forms.HiddenInput()  # not asked; a figure's address may still name one
        self._offer()

    def _offer(self) -> None:
        """Fill the selects: «all» first."""
        self.categories = categories = list(Category.objects.filter(campaign=self.scope).order_by("seq", "pk"))
        groups = {one.group_name: one.local_group for one in categories}
        lead = [(u.code, u.label) for u in self.units if u.kind == UnitKind.CITY_DEPT]
        offered: dict[str, Iterable[Any]] = {
            "county": [*self.counties.items(), (NONE, _("（无，市直）"))],
            "category": _grouped(categories, groups),
            "group": groups.items(),
            "status": [("open", _("未销号")), ("overdue", _("逾期")), *Status.choices],
            "due": [
                ("overdue", _("已逾期")),
                *((str(n), _t("%(n)s 天内到期") % {"n": n}) for n in (7, 15, 30)),
                ("none", _("未定时限")),
            ],
            "batch": [(code, self.scope.batch_label(code)) for code in Batch.values],
            "source": Source.choices,
            "unit": [(u.code, u.label) for u in self.units if self._may_rectify(u)],
            "lead_unit": [*lead, (NONE, _("（无）"))],
            "priority": [("yes", _("是")), ("no", _("否"))],
            "handler": [("me", _("我经办的"))],
            "figure": [(code, one.name) for code, one in catalogue().items() if code.startswith(FIGURES)],
            "part": [("denominator", _("分母"))],
        }
        for name, options in offered.items():
            field = self.fields.get(name)
            if isinstance(field, Choice):
                field.offer(options)

    def _may_rectify(self, unit: Unit) -> bool:
        home = {post.unit.county_code for post in self.person.posts_on(self.day)}
        return unit.kind != UnitKind.CITY and ("figure" in self.data or "" in home or unit.county_code in home)

    def clean_place(self) -> str:
        """A place of this city; the city itself when none is named."""
        city = self.scope.city.city_code
        place: str = self.cleaned_data["place"] or city
        if place != city and place not in self.counties:
            raise forms.ValidationError(_t("没有地区“%(place)s”，或者它不在您的城市。") % {"place": place})
        return place

    def clean_as_of(self) -> date | None:
        """Not a day to come: the records cannot know it."""
        as_of: date | None = self.cleaned_data["as_of"]
        if as_of and as_of > self.day:
            raise forms.ValidationError(_t("截至日期 %(day)s 还没有到，最晚是今天。") % {"day": as_of})
        return as_of

    def clean_campaign(self) -> int | None:
        """The list is of one campaign; a figure of another one has no rows in it."""
        given: int | None = self.cleaned_data["campaign"]
        if given is not None and given != self.scope.pk:
            raise forms.ValidationError(_t("这个数字属于别的活动，它的记录不在这本台账里。"))
        return given

    def clean(self) -> dict[str, Any]:
        """Days in order; the figure can be known."""
        facts = self.cleaned_data
        since, until = facts.get("found_from"), facts.get("found_to")
        if since and until and since > until:
            self.add_error("found_to", _t("发现日期的止日早于起日。"))
        if facts.get("figure") and not self.errors:
            frame = Frame(
                self.scope.pk, facts["place"], facts["as_of"] or self.day, facts.get("start"), facts.get("end")
            )
            try:
                self.figure_condition = figure_rows(facts["figure"], frame, facts.get("part", ""))
            except (Unknown, Refused) as why:
                self.add_error("figure", str(why))
        return facts

    def apply(self, rows: QuerySet[Problem]) -> QuerySet[Problem]:
        """The rows that meet every condition; none if a value is wrong."""
        return rows.filter(self.condition()) if self.is_valid() else rows.none()

    def condition(self) -> Q:
        """All conditions in one; nothing meets it if a value is wrong."""
        if not self.is_valid():
            return Q(pk__in=[])
        whole = Q()
        for name, value in self._given():
            whole &= CONDITIONS[name](value, self)
        return whole

    @cached_property
    def words_condition(self) -> Q:
        """The rows that hold every word; a whole number of a problem that exists is that problem."""
        text = self.cleaned_data["q"].strip()  # a number is ASCII in one piece; words are not looked up
        numbered = Problem.objects.numbered(text) if text.isascii() and " " not in text else Problem.objects.none()
        if exact := list(numbered.values_list("pk", flat=True)):
            return Q(pk__in=exact)
        seen = Problem.objects.visible_to(self.person, self.day).filter(holding(text), campaign=self.scope)
        few = list(seen.order_by().values_list("pk", flat=True)[: FEW + 1])
        return Q(pk__in=few) if len(few) <= FEW else holding(text)

    def category_condition(self, code: str) -> Q:
        """The rows of a category or of a group of them, by ids: so the indexes answer."""
        group = code.removeprefix(GROUP)
        wanted = [one.pk for one in self.categories if (one.code == code if group == code else one.group_name == group)]
        return Q(category__in=wanted)

    @property
    def is_bare(self) -> bool:
        """Without any condition, right or wrong."""
        return not self.errors and not self._given()

    def _given(self) -> list[tuple[str, Any]]:
        facts = getattr(self, "cleaned_data", {})
        return [(name, facts[name]) for name in CONDITIONS if facts.get(name) not in (None, "")]

    def chips(self) -> list[Chip]:
        """The conditions in words, also the wrong ones, so that they can be dropped."""
        wrong = [name for name in self.errors if name in self.fields]
        chips = [
            Chip(str(self.fields[name].label), str(self.data.get(name, "")), FRAME if name in FRAME else (name,))
            for name in wrong
        ]
        given = [(name, value) for name, value in self._given() if name != "figure" or not set(FRAME) & set(wrong)]
        return chips + [self._chip(name, value) for name, value in given]

    def _chip(self, name: str, value: Any) -> Chip:
        label = str(self.fields[name].label)
        if name == "figure":
            facts = self.cleaned_data
            place = self.counties.get(facts["place"], self.scope.city.label)
            words = {"name": indicator_of(value).name, "place": place, "day": cn_date(facts["as_of"] or self.day)}
            return Chip(label, _t("%(name)s（%(place)s，截至%(day)s）") % words, FRAME)
        if isinstance(value, date):
            return Chip(label, cn_date(value), (name,))
        field = self.fields[name]
        return Chip(label, field.words(value) if isinstance(field, Choice) else str(value), (name,))

    def sentence(self) -> str:
        """Everything that is wrong, field by field."""
        return " ".join(
            f"{self.fields[name].label if name in self.fields else ''}{_t('：')}{words}"
            for name, listed in self.errors.items()
            for words in listed
        )

    @property
    def opened(self) -> bool:
        """Whether a field under «more» holds something."""
        return any(field.data for field in self.more)

    @property
    def more(self) -> list[Any]:
        """The fields under «more»."""
        names = ("batch", "source", "unit", "lead_unit", "found_from", "found_to", "handler")
        return [self[name] for name in names]

    @property
    def carried(self) -> list[Any]:
        """Hidden fields that hold something: submitting the form keeps them."""
        return [field for field in self.hidden_fields() if field.data]


def _grouped(categories: list[Category], groups: Mapping[str, str]) -> list[Any]:
    """Each group with all of it first; a group of one category is just that category."""
    options: list[Any] = []
    for name, words in groups.items():
        members = [(one.code, one.local_name) for one in categories if one.group_name == name]
        if len(members) == 1:
            options.append((members[0][0], words))
        else:
            options.append((words, [(f"{GROUP}{name}", _t("%(group)s（全部）") % {"group": words}), *members]))
    return options


class ArrangeForm(forms.Form):
    """Sort, page size and columns: what is unknown counts as not given."""

    sort = forms.ChoiceField(
        label=_("排序"), required=False, choices=[(code, words) for code, (words, _order) in SORTS.items()]
    )
    n = forms.ChoiceField(label=_("每页"), required=False, choices=[("50", "50"), ("100", "100")])

    def __init__(self, data: QueryDict, *, person: Person, day: date) -> None:
        super().__init__(data)
        self.columns = chosen(data.getlist("cols"), person, day)
        self.offered = [(name, COLUMNS[name].label, name in self.columns) for name in offered(person, day)]
        self.is_valid()

    @property
    def chosen(self) -> tuple[str, int]:
        """The sort's code and the size of a page."""
        return self.cleaned_data.get("sort") or "due", int(self.cleaned_data.get("n") or 50)


class ViewForm(forms.Form):
    """A saved view's name, and whether the office shares it."""

    name = forms.CharField(label=_("名称"), max_length=20)
    shared = forms.BooleanField(label=_("专班办共享，本地区人人可见"), required=False)

    def __init__(self, *args: Any, shares: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shares:
            del self.fields["shared"]


class BulkForm(forms.Form):
    """What an act on many problems asks for: only the fields of that act."""

    lead_unit = FullNameField(Unit.objects.none(), label=_("市直牵头单位"), required=False, empty_label="—")
    due_on = forms.DateField(label=_("整改时限"), required=False)
    reason = forms.CharField(label=_("理由"), max_length=4000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, act: str, scope: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = BULK[act].asks
        for name in set(self.fields) - set(asked):
            del self.fields[name]
        for name, help_text in asked.items():
            self.fields[name].help_text = str(help_text)
        if "lead_unit" in asked:
            departments = Unit.objects.filter(city_code=scope.city.city_code, kind=UnitKind.CITY_DEPT, active=True)
            self.fields["lead_unit"].queryset = departments.order_by("sort_key", "pk")
        if "due_on" in BULK[act].required:
            self.fields["due_on"].required = True

    def facts(self) -> dict[str, Any]:
        """What was filled in, as the bulk act keeps it."""
        plain = {"lead_unit": lambda unit: unit.pk, "due_on": lambda day: day.isoformat()}
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: plain[name](value) if name in plain else value for name, value in given.items()}
