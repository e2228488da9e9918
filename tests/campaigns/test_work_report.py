"""The work report's template: what it claims follows from the figures, whatever they are."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from luodi.campaigns.forms import read_pack

PACK = Path(__file__).parents[2] / "packs" / "project-landing"
TEXT = next(one.text for one in read_pack(PACK).documents if one.name == "work-report")
WORLD = SandboxedEnvironment()
WORLD.filters["cn"] = lambda day: f"{day.month}月{day.day}日"
TEMPLATE = WORLD.from_string(TEXT)
CAMPAIGN = SimpleNamespace(base_year=2020, new_year=2020)


def report(**figures: int | None) -> str:
    """The report for figures such as found_base, rectified_new or overdue; what is not given is unknown."""

    def val(code: str, **filters: str) -> int | None:
        return figures.get("_".join([code.removeprefix("problems."), *filters.values()]))

    def fig(code: str, **filters: str) -> str:
        value = val(code, **filters)
        return "—" if value is None else f"{value}件"

    return TEMPLATE.render(fig=fig, val=val, campaign=CAMPAIGN, place_name="衡水市", as_of=date(2020, 8, 31))


def counts(base: int, new: int, done_base: int, done_new: int, **more: int) -> dict[str, int]:
    found, done = base + new, done_base + done_new
    return {
        "found_base": base, "found_new": new, "rectified_base": done_base, "rectified_new": done_new,
        "found": found, "rectified": done, "closed": done, "open": found - done, **more,
    }  # fmt: skip


def test_everything_rectified_reads_as_the_city_wrote_it():
    text = report(**counts(1610, 10, 1610, 10, overdue=0, reopened=0))
    assert "2020年发现的1610件问题和2020年新发现的10件问题已全部完成整改" in text
    assert "没有逾期未销号的问题" in text
    assert "没有已销号问题被重新打开" in text


def test_one_problem_open_and_the_claim_is_gone():
    text = report(**counts(1610, 10, 1609, 10, overdue=1, reopened=1))
    assert "已全部完成整改" not in text
    assert "2020年发现问题1610件，完成整改1609件" in text
    assert "2020年新发现问题10件，全部完成整改" in text
    assert "逾期未销号的问题1件" in text
    assert "反弹回潮的1件" in text


def test_a_reopened_problem_changes_the_sentence():
    before, after = report(**counts(5, 1, 5, 1, reopened=0)), report(**counts(5, 1, 4, 1, reopened=1))
    assert "确保清理发现问题全部整改到位" in before
    assert "已整改到位4件，其余问题继续限期整改" in after


def test_what_is_unknown_is_not_claimed():
    text = report()
    assert not re.search("全部|没有逾期|没有已销号", text.split("\n## 主要做法")[1].split("\n## 亮点工作")[0])
    assert "台账中没有2020年发现的问题" in text


@pytest.mark.parametrize("heading", ["## 主要做法", "### 强化措施执行，真查实改", "## 亮点工作"])
def test_the_chapters_are_there(heading):
    assert heading in report(**counts(5, 1, 5, 1)).splitlines()


LAND_AND_MORE = {
    "permits.decided": 52, "permits.compression_rate": 76, "permits.simulated": 2, "permits.simulated_mean_saved": 28,
    "land.replenished": 109, "land.batches": 93, "land.batch_area": 815, "land.zones": 13, "land.zones_reserved": 13,
    "land.least_reserve": 503, "finance.balance": 163, "finance.balance_increase": 18, "finance.balance_national": 3,
    "finance.balance_unexplained": 32, "finance.needs": 318, "finance.needs_projects": 136, "finance.credit": 225,
}  # fmt: skip


def test_approvals_land_and_finance_have_their_chapters_when_there_are_records():
    text = report(**counts(5, 1, 5, 1), **LAND_AND_MORE)
    permits, factors = text.split("\n### ")[3:]
    assert permits.startswith("着力优化建设项目审批流程，提升审批效率\n")
    assert "办结时限压缩率76件" in permits
    assert "已办理模拟审批2件，平均每件节省28件" in permits
    assert factors.startswith("积极探索破解项目落地要素障碍\n")
    assert "耕地占补项目109件，上报93件批次、用地面积815件" in factors
    assert "开发区储备用地均在500亩以上" in factors
    assert "；另有32件没有说明类别。" in factors  # what the parts leave open is said, as the proofreader would ask
    assert "\n\n\n" not in text
    assert not re.search(r"[。；，]{2}", text)


def test_a_chapter_without_records_is_absent():
    text = report(**counts(5, 1, 5, 1), **{"permits.decided": 0, "land.zones": 0})
    assert "审批流程" not in text.split("## 亮点工作")[1]
    assert "要素障碍" not in text.split("## 亮点工作")[1]


def test_not_every_zone_has_its_reserve_and_the_claim_is_gone():
    text = report(**counts(5, 1, 5, 1), **{**LAND_AND_MORE, "land.zones_reserved": 12})
    assert "均在500亩以上" not in text
    assert "13件开发区中，储备用地在500亩以上的12件" in text


@given(base=st.integers(0, 30), new=st.integers(0, 5), left_base=st.integers(0, 30), left_new=st.integers(0, 5))
def test_no_number_but_those_of_the_records(base, new, left_base, left_new):
    done_base, done_new = max(0, base - left_base), max(0, new - left_new)
    figures = counts(base, new, done_base, done_new)
    text = report(**figures)
    assert {int(n) for n in re.findall(r"(\d+)件", text)} <= set(figures.values())
    assert ("已全部完成整改" in text) == (base > 0 and done_base == base)
    assert text.startswith("# 关于")
    assert "\n\n\n" not in text
    assert not re.search(r"[。；，]{2}|。$\n[^\n]", text)
