"""One problem, however it arrives: what clerks write in cells, and the sentences for what cannot be read."""

from datetime import date, datetime

import pytest

from luodi.problems import actions
from luodi.problems.forms import ProblemForm
from luodi.problems.queries import Known
from tests.world import at

DAY = date(2020, 8, 31)


@pytest.fixture
def read(world):
    known = Known.of(world.campaign)

    def form(actor=None, **cells):
        row = {
            "batch": "原有", "source": "自查", "unit": "桃城区发改局", "category": "审批·环评",
            "title": "环评批复超时", "found_on": "2020.5.18", **cells,
        }  # fmt: skip
        return ProblemForm(row, campaign=world.campaign, actor=actor or world.li, day=DAY, known=known)

    return form


def fault(form, field):
    assert not form.is_valid()
    return " ".join(form.errors.get(field, []))


def test_a_row_as_clerks_write_it_can_be_registered(world, read):
    form = read(
        title="　环评批复超时 ", found_on=datetime(2020, 5, 18), is_priority="√", from_above="", project_name="Ａ项目",
        project_code="2018-131102-47-03-000123", responsible_name=None,
    )  # fmt: skip
    assert form.is_valid(), form.errors
    clean = form.cleaned_data
    assert (clean["unit"], clean["category"].code) == (world.units["131102-fgj"], "approval.eia")
    assert (clean["title"], clean["found_on"], clean["project_name"]) == ("环评批复超时", date(2020, 5, 18), "A项目")
    assert (clean["is_priority"], clean["from_above"], clean["responsible_name"]) == (True, False, "")
    assert form.warnings == []
    problem = actions.register(world.campaign, clean, actor=world.li, at=at(DAY))
    assert problem.code == "2020-0001"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("approval.eia", "approval.eia"),
        ("审批 · 环评", "approval.eia"),
        ("审批-环评", "approval.eia"),
        ("环评", "approval.eia"),
        ("要素保障：用地", ""),
        ("用地", "factor.land"),
        ("征拆", "demolition"),
        ("其他", "other"),
    ],
)
def test_categories_have_many_names(read, typed, code):
    form = read(category=typed)
    assert form.is_valid() == bool(code), form.errors
    assert not code or form.cleaned_data["category"].code == code


@pytest.mark.parametrize(
    ("typed", "batch"),
    [("base", "base"), ("2020年专项清理", "base"), ("N2020", "new"), ("新发现", "new"), ("2020", "base")],
)
def test_batches_have_many_names(read, world, typed, batch):
    typed = world.campaign.base_label if typed == "2020年专项清理" else typed
    form = read(batch=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["batch"] == batch


@pytest.mark.parametrize(
    ("field", "cell", "sentence"),
    [
        ("title", " ", "没有填，请补上"),
        ("title", "长" * 101, "最多 100 个字"),
        ("unit", "桃城发改", "没有“桃城发改”这个责任单位"),
        ("unit", "衡水市", "没有“衡水市”这个责任单位"),
        ("category", "审批", "没有“审批”这个问题类别"),
        ("source", "群众", "可以填：自查、举报"),
        ("batch", "去年", "没有“去年”这个选项"),
        ("found_on", "5月18日", "缺年份"),
        ("found_on", "2020-09-01", "在今天之后"),
        ("project_code", "2018-13", "应为24位"),
        ("is_priority", "也许", "看不出是或否"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(read, field, cell, sentence):
    assert sentence in fault(read(**{field: cell}), field)


def test_a_code_of_another_region_is_only_remarked_on(read):
    form = read(project_code="２０１８-110105-47-03-000123")
    assert form.is_valid(), form.errors
    assert "不在本市" in form.warnings[0]


def test_a_county_clerk_enters_only_the_own_county(world, read):
    assert "不能为桃城区发改局登记" in fault(read(actor=world.gao), "unit")
    assert read(actor=world.gao, unit="131126-fgj").is_valid()


def test_many_rows_need_no_further_questions(world, read, django_assert_num_queries):
    assert read().is_valid()
    with django_assert_num_queries(0):
        assert all(read(title=f"第{n}件").is_valid() for n in range(20))


def test_typing_one_in_goes_to_its_page_and_a_fault_keeps_the_words(world, as_):
    client = as_(world.wang)
    page = client.get("/problems/register/").text
    assert "故城县发改局" not in page.partition('id="id_unit"')[2].partition("</select>")[0]
    row = {
        "batch": "base", "source": "self_check", "unit": "131102-fgj", "category": "approval.eia",
        "title": "环评批复超时", "found_on": "2020-08-20", "project_code": "1",
    }  # fmt: skip
    answer = client.post("/problems/register/", row)
    assert answer.status_code == 422
    assert "应为24位" in answer.text
    assert "环评批复超时" in answer.text
    answer = client.post("/problems/register/", row | {"project_code": "2018-110105-47-03-000123"}, follow=True)
    assert answer.status_code == 200
    assert "已登记 2020-0001" in answer.text
    assert "不在本市" in answer.text
    assert as_(world.liu).get("/problems/register/").status_code == 403
