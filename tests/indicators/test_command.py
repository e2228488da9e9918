"""`luodi indicators`."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from luodi.kit.refusal import Refused
from tests.indicators.records import ANPING


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("indicators", *options, stdout=out)
    return out.getvalue()


def test_json_is_the_contract(city):
    city.close(city.problem(), "7-10")
    city.problem(county="131124", batch="new")
    [found] = json.loads(run("problems.closure_rate", "--as-of", "2020-08-13", "--by", "county", "--json"))
    assert found == {
        "code": "problems.closure_rate",
        "name": "销号率",
        "value": 50.0,
        "unit": "%",
        "text": "50.0%",
        "reason": "",
        "as_of": "2020-08-13",
        "from": None,
        "to": None,
        "place": "1311",
        "filters": {},
        "scope": "已销号问题占发现问题的百分比，保留一位小数。",
        "numerator": {"code": "problems.closed", "value": 1, "text": "1 件"},
        "denominator": {"code": "problems.found", "value": 2, "text": "2 件"},
        "parts": [
            {"key": "131125", "label": "安平县", "value": 100.0, "text": "100.0%"},
            {"key": "131124", "label": "饶阳县", "value": 0.0, "text": "0.0%"},
        ],
    }


def test_place_period_and_filters_narrow(city):
    city.problem("7-1", batch="new")
    city.problem("7-1", "131124", batch="new")
    city.problem("6-30", batch="new")
    options = ("--place", ANPING, "--from", "2020-07-01", "--to", "2020-07-16", "--filter", "batch=new", "--json")
    [found] = json.loads(run("problems.found", *options))
    assert (found["value"], found["place"], found["filters"]) == (1, ANPING, {"batch": "new"})


def test_without_a_name_all_are_asked(city):
    words = run("--as-of", "2020-08-31")
    assert "problems.found\t发现问题\t0 件" in words
    assert "problems.closure_rate\t销号率\t—（分母为零：发现问题为 0）" in words


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["problems.nothing"], "没有指标「problems.nothing」"),
        (["problems.found", "--place", "1301"], "没有地区「1301」"),
        (["problems.found", "--as-of", "8月31日"], "日期请写成 2020-08-31 的样子"),
        (["problems.found", "--as-of", "2199-01-01"], "还没有到"),
        (["problems.found", "--filter", "batch"], "名称=值"),
        (["problems.found", "--filter", "batch=old"], "「批次」没有「old」这个值，可用：base、new"),
        (["problems.found", "--filter", "colour=red"], "没有筛选条件「colour」"),
        (["problems.found", "--by", "colour"], "不能按「colour」分"),
        (["problems.found", "--campaign", "x"], "没有活动「x」"),
        (["problems.found", "--from", "2020-08-02", "--to", "2020-08-01"], "止日（不含）应晚于起日"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(city, options, sentence):
    with pytest.raises(Refused, match=sentence.replace("（", "（")):
        run(*options)


@pytest.mark.django_db
def test_without_a_campaign_it_says_what_to_do():
    with pytest.raises(Refused, match="luodi pack load"):
        run("problems.found")


def test_the_generated_dictionary_is_current():
    page = Path(__file__).parents[2] / "docs" / "generated" / "indicators.md"
    assert page.read_text() == run("--markdown"), "run: luodi indicators --markdown > docs/generated/indicators.md"
