"""The dictionary, a figure with its provenance, and its rows as far as one may see them."""

from dataclasses import replace

import pytest
from django.urls import reverse

from luodi.orgs.models import Role
from tests.indicators.records import ANPING, RAOYANG, day


def page(client, code="problems.found", route="figure", **query):
    return client.get(reverse(f"indicators:{route}", args=[code] if code else []), query)


def test_the_dictionary_lists_every_definition_with_its_value_here(city, signed_in):
    city.problem(county=RAOYANG)
    words = page(signed_in(city.office), "", "dictionary").content.decode()
    assert "重复件并案计 1 件" in words
    assert "<code>problems.match_rate</code>" in words
    assert "1 件" in words
    mine = page(signed_in(city.clerk), "", "dictionary").content.decode()
    assert "0 件" in mine


def test_a_figure_shows_its_provenance_in_the_fixed_order(city, signed_in):
    city.busy()
    words = page(signed_in(city.office), "problems.closed").content.decode()
    order = ["已核对", "截至 2020年8月31日", "口径", "怎么算的", "一致性检查", "按县市区", "查看 3 件记录", "历次数值"]
    places = [words.index(word, words.index('class="big"')) for word in order]
    assert places == sorted(places)
    assert "按县市区分的 3 部分合计 = 3" in words


def test_htmx_gets_the_drawer_alone_and_any_browser_by_address(city, signed_in):
    client = signed_in(city.office)
    address = reverse("indicators:figure", args=["problems.closure_rate"])
    for answer in (client.get(address, headers={"HX-Request": "true"}), client.get(address + "?drawer")):
        words = answer.content.decode()
        assert words.lstrip().startswith("<aside")
        assert "<html" not in words
        assert "分母为零" in words


def test_a_county_reads_the_citys_value_but_opens_only_its_own_rows(city, signed_in):
    city.problem(county=ANPING)
    city.problem(county=RAOYANG)
    client = signed_in(city.clerk)
    assert "共 2" not in page(client, "problems.found").content.decode()
    answer = page(client, "problems.found", "rows", place="1311")
    words = answer.content.decode()
    assert "共 2 件，其中 1 件在您可查看的范围内" in words
    assert "2020-0001" in words
    assert "2020-0002" not in words


def test_rows_below_a_problem_keep_to_the_same_scope(city, signed_in):
    for county in (ANPING, RAOYANG):
        city.send_back(city.problem(county=county), "7-10")
    words = page(signed_in(city.clerk), "problems.returned", "rows", place="1311").content.decode()
    assert "共 2 件次，其中 1 件次在您可查看的范围内" in words
    assert "待县级自核" in words


def test_a_rate_leads_to_both_its_lists(city, signed_in):
    city.close(city.problem(), "7-10")
    city.problem()
    client = signed_in(city.office)
    above = page(client, "problems.closure_rate", "rows").content.decode()
    assert "共 1 件" in above
    assert "part=denominator" in above
    below = page(client, "problems.closure_rate", "rows", part="denominator").content.decode()
    assert "共 2 件" in below


def test_many_rows_come_in_pages(city, signed_in):
    for _n in range(51):
        city.problem()
    client = signed_in(city.office)
    first = page(client, "problems.found", "rows")
    assert len(first.context["lines"]) == 50
    rest = page(client, "problems.found", "rows", cursor=first.context["page"].next_cursor)
    assert len(rest.context["lines"]) == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"place": "1301"}, "没有地区「1301」，或者它不在您的城市"),
        ({"place": "nowhere"}, "没有地区"),
        ({"as_of": "yesterday"}, "日期请写成 2020-08-31 的样子"),
        ({"as_of": "2020-09-01"}, "还没有到"),
        ({"batch": "old"}, "「批次」没有「old」这个值"),
        ({"campaign": "99"}, "没有编号为「99」的活动"),
    ],
)
@pytest.mark.parametrize("route", ["figure", "rows"])
def test_what_cannot_be_asked_is_said_with_422(city, signed_in, query, sentence, route):
    answer = page(signed_in(city.office), route=route, **query)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_htmx_is_told_in_a_toast(city, signed_in):
    address = reverse("indicators:figure", args=["problems.found"])
    answer = signed_in(city.office).get(address + "?place=1301", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#toasts")
    assert "没有地区" in answer.content.decode()


def test_filters_are_shown_and_can_be_dropped(city, signed_in):
    city.problem(batch="new")
    words = page(signed_in(city.office), batch="new").content.decode()
    assert "去掉条件：批次" in words
    assert "2020年新发现" in words


def test_every_break_down_of_every_figure_opens(city, signed_in):
    city.busy()
    client = signed_in(city.office)
    for by in ("county", "unit", "priority", "fortnight", "nonsense"):
        for code in ("problems.found", "problems.match_rate", "problems.median_days", "problems.overdue"):
            assert page(client, code, by=by, drawer="1").status_code == 200


def test_an_unknown_figure_is_not_found_and_administrators_see_none(city, signed_in):
    assert page(signed_in(city.office), "problems.nothing").status_code == 404
    auditor = city._person("auditor", "审计员", city.city, Role.AUDITADMIN)
    assert page(signed_in(auditor)).status_code == 403


def test_in_english_it_opens_too(city, signed_in):
    client = signed_in(city.office)
    assert client.get("/en" + reverse("indicators:figure", args=["problems.found"])).status_code == 200


def test_a_figure_costs_a_bounded_number_of_queries(city, signed_in, django_assert_max_num_queries):
    city.busy()
    client = signed_in(city.office)
    with django_assert_max_num_queries(40):
        page(client, "problems.match_rate", drawer="1")


def test_the_link_of_a_part_asks_exactly_that_part(city, signed_in):
    city.busy()
    client = signed_in(city.office)
    shown = page(client, "problems.found").context["parts"]
    for part, url in shown:
        again = client.get(url).context
        assert again["answer"].value == part.answer.value
        assert again["frame"] == replace(part.answer.frame, as_of=day("8-31"))
