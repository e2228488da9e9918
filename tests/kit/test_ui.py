"""Components say in words what they show; forms mark their errors; error pages come without a database."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from luodi.kit import charts, views
from luodi.kit.middleware import RequestReference
from luodi.kit.templatetags import ui

TODAY = date(2020, 8, 31)
FRONTEND = Path(__file__).parents[2] / "frontend"


@dataclass
class Answer:
    value: int | None
    text: str
    reason: str = ""


class Register(forms.Form):
    title = forms.CharField(label="问题", help_text="一句话")
    found_on = forms.DateField(label="发现日期")
    cause = forms.CharField(label="原因", required=False, widget=forms.Textarea)
    county = forms.ChoiceField(label="县市区", choices=[("1", "桃城区")])
    way = forms.ChoiceField(label="方式", choices=[("a", "匿名")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="属实")


def draw(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_a_status_has_a_word_and_a_shape_not_only_a_tint():
    shown = draw('{% status "returned" %}')
    assert "退回补正" in shown
    assert "#arrow-back-up" in shown
    assert "st-warn" in shown
    assert shown == shown.strip()


def test_every_icon_that_python_names_is_in_the_sprite():
    names = set((FRONTEND / "icons.txt").read_text().split())
    assert {image for _word, image, _tone in ui.STATUSES.values()} <= names


@pytest.mark.parametrize(
    ("due_on", "words", "light"),
    [
        (date(2020, 8, 19), "逾期 12 天", "due-bad"),
        (date(2020, 8, 31), "今天到期", "due-warn"),
        (date(2020, 9, 3), "剩 3 天", "due-info"),
        (date(2020, 9, 4), "剩 4 天", "t3"),
    ],
)
def test_the_light_of_a_limit(due_on, words, light):
    shown = draw("{% due due_on today %}", due_on=due_on, today=TODAY)
    assert words in shown
    assert light in shown


def test_a_closed_item_says_whether_it_was_in_time_and_no_limit_says_nothing():
    late = draw("{% due due_on today closed_on %}", due_on=date(2020, 8, 1), today=TODAY, closed_on=date(2020, 8, 3))
    assert "超期 2 天销号" in late
    assert draw("{% due due_on today %}", due_on=None, today=TODAY) == ""


def test_a_figure_is_a_link_to_its_rows_and_a_missing_one_says_why():
    assert '<a class="fig " href="/rows/">1,610 件</a>' in draw('{% fig a "/rows/" %}', a=Answer(1610, "1,610 件"))
    missing = draw('{% fig a "/rows/" %}', a=Answer(None, "—", "分母为零"))
    assert "—" in missing
    assert "分母为零" in missing
    assert "href" not in missing
    assert "0" in draw('{% fig a "/rows/" %}', a=Answer(0, "0 件"))


def test_numbers_and_dates():
    assert [ui.grouped(n) for n in (1610, Decimal("255.90"), None, "", "约 3", True)] == [
        "1,610",
        "255.90",
        "—",
        "—",
        "约 3",
        "True",
    ]
    assert (ui.cn_date(TODAY), ui.short_date(TODAY), ui.cn_date(None)) == ("8月31日", "08-31", "")
    assert ui.cn_moment(datetime(2020, 8, 31, 8, 5)) == "8月31日 08:05"


def test_a_changed_query_keeps_the_rest():
    request = RequestFactory().get("/problems/", {"status": ["a", "b"], "cursor": "x"})
    shown = draw('{% query_with sort="-due_on" cursor=None %}', request=request)
    assert shown == "?status=a&amp;status=b&amp;sort=-due_on"


def test_words_of_people_are_never_markup():
    shown = draw("{% bar_chart points label %}{% status code %}", points=[("<script>", 1)], label="<b>", code="<i>")
    assert not any(tag in shown for tag in ("<script>", "<b>", "<i>"))


def test_charts_start_at_zero_and_leave_blanks_blank():
    assert 'width="50.0"' in charts.hbar(5, 10)
    assert 'class="m" width="0"' in charts.hbar(None, 10)
    assert 'class="m" width="0"' in charts.hbar(5, 0)
    shown = charts.columns([("1期", 4), ("2期", None)], "余额")
    assert "—" in shown
    assert "余额" in shown
    assert "style" not in shown
    assert charts.line([], "空")


def test_a_form_shows_errors_above_their_fields_and_in_a_summary():
    form = Register({"found_on": "2020-13-01", "county": "1", "way": "a"})
    shown = draw("{% fields form %}", form=form)
    assert "有 3 处需要修改" in shown
    assert 'href="#id_title"' in shown
    assert "field-err" in shown
    assert shown.index('id="id_title_error"') < shown.index('id="id_title"')
    assert 'value="2020-13-01"' in shown, "what was typed is kept"
    assert "style=" not in shown


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_widgets_are_dressed_and_days_are_day_pickers(language):
    with override(language):
        shown = draw("{% fields form %}", form=Register(initial={"found_on": TODAY}))
    assert 'type="date"' in shown
    assert 'value="2020-08-31"' in shown
    assert "form-select" in shown
    assert "form-check-input" in shown
    assert 'rows="4"' in shown


def test_a_refusal_is_a_page_or_a_toast():
    page = views.refused(RequestFactory().get("/"), "已由别人退回。")
    assert page.status_code == 409
    assert "已由别人退回。" in page.content.decode()
    toast = views.refused(RequestFactory().get("/", headers={"HX-Request": "true"}), "已由别人退回。")
    assert toast["HX-Retarget"] == "#toasts"
    assert "<html" not in toast.content.decode()


def test_error_pages_come_with_the_reference():
    request = RequestFactory().get("/")
    request.reference = "K7M2P9QX"
    for shown in (
        views.handler400(request, ValueError()),
        views.handler403(request, PermissionDenied("不是您的件。")),
        views.handler404(request, ValueError("secret")),
        views.handler500(request),
        views.csrf_failure(request),
    ):
        assert "K7M2P9QX" in shown.content.decode()
        assert "secret" not in shown.content.decode()


def test_an_error_page_that_fails_becomes_a_sentence(monkeypatch):
    def fail(*_args):
        raise ValueError

    monkeypatch.setattr(views, "render_to_string", fail)
    request = RequestFactory().get("/")
    request.reference = "K7M2P9QX"
    shown = views.handler500(request)
    assert (shown.status_code, shown.content.decode()) == (500, "系统出错了，编号 K7M2P9QX。")


def test_every_answer_carries_a_reference_and_keeps_the_proxys():
    answer = RequestReference(lambda request: HttpResponse(request.reference))
    made = answer(RequestFactory().get("/"))
    assert made["X-Request-ID"] == made.content.decode()
    assert len(made["X-Request-ID"]) == 8
    given = answer(RequestFactory().get("/", headers={"X-Request-ID": "proxy-0001"}))
    assert given["X-Request-ID"] == "proxy-0001"
    assert answer(RequestFactory().get("/", headers={"X-Request-ID": "<b>&"}))["X-Request-ID"] != "<b>&"


def test_signed_in_pages_are_kept_by_nobody():
    class Someone:
        is_authenticated = True

    request = RequestFactory().get("/")
    request.user = Someone()
    shown = RequestReference(lambda request: HttpResponse())(request)
    assert "no-store" in shown["Cache-Control"]
    assert "private" in shown["Cache-Control"]
    assert "HX-Request" in shown["Vary"]


def test_the_theme_is_kept_and_one_goes_back_only_within_the_site():
    post = RequestFactory().post("/theme/", {"theme": "dark", "next": "/problems/?q=1"})
    kept = views.theme(post)
    assert (kept.status_code, kept["Location"], kept.cookies["luodi_theme"].value) == (303, "/problems/?q=1", "dark")
    away = views.theme(RequestFactory().post("/theme/", {"theme": "x", "next": "//evil.example/"}))
    assert away["Location"] == "/"
    assert away.cookies["luodi_theme"].value == ""
