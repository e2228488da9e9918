"""The plan of the sample city: pure, from a fixed seed."""

import io
from datetime import date, datetime
from random import Random

import pdfplumber
import pytest
from PIL import Image

from luodi.sample.queries import read_city
from luodi.sample.rules import Office, acts_of, cases, describe, filled, give_quirks, give_times
from luodi.sample.sheets import paper, photograph
from luodi.workdays.rules import Calendar, packaged_days


@pytest.fixture(scope="module")
def office():
    days = Calendar.of((day, works) for day, works, _note in packaged_days()).workdays
    return Office(tuple(d for d in days if date(2020, 4, 28) <= d <= date(2020, 8, 28)))


def plan(office, share=1, seed=7):
    words, chance = read_city(), Random(seed)
    found = cases(words, share, chance)
    give_times(found, words["balance"], office, chance)
    give_quirks(found, share, chance)
    for case in found:
        describe(case, words, office, chance)
    return found


def test_the_whole_city_has_the_counts_of_the_report(office):
    found = plan(office)
    assert sum(c.batch == "base" for c in found) == 1610
    assert sum(c.batch == "new" for c in found) == 10
    assert sum(c.ends == "closed" for c in found) == 1571
    assert sum(c.ends != "closed" and c.due_on < date(2020, 8, 31) for c in found) == 9
    assert sum(c.fields["is_priority"] for c in found) == 27
    assert sum("reopened" in c.quirks for c in found) == 6


def test_the_problems_of_the_drawings_have_their_numbers(office):
    by_code = {case.code: case for case in plan(office)}
    for fixed in read_city()["fixed"]:
        case = by_code[fixed["code"]]
        assert (case.county, case.fields["title"], case.ends) == (fixed["county"], fixed["title"], fixed["ends"])


def test_nobody_acts_before_registration_or_outside_the_campaign(office):
    for case in plan(office):
        assert case.entered < case.ended < len(office.days) * 480, case.code
        assert case.fields["found_on"] <= office.day(case.entered)


def test_the_same_seed_gives_the_same_plan(office):
    assert plan(office, 0.1) == plan(office, 0.1)
    assert plan(office, 0.1) != plan(office, 0.1, seed=8)


def test_a_history_ends_where_it_should(office):
    last = {"closed": "close", "self_checked": "self_check", "reported": "report", "returned": "withdraw"}
    for case in plan(office):
        assert acts_of(case)[-1] == last[case.ends]


def test_office_minutes_are_office_hours(office):
    assert f"{office.moment(0):%m-%d %H:%M}" == "04-28 08:30"
    assert f"{office.moment(210):%m-%d %H:%M}" == "04-28 14:00"
    assert f"{office.moment(480 * 3):%m-%d %H:%M}" == "05-06 08:30"  # after the holidays of May


def test_words_are_filled_in():
    assert filled("超期 <n> 天，<t> 次，<title>", Random(1), title="立项").count("<") == 0


def test_a_paper_is_a_real_pdf_with_the_text():
    content = paper(["国有建设用地使用权出让合同", "2020-0417"], pages=18)
    with pdfplumber.open(io.BytesIO(content)) as read:
        assert len(read.pages) == 18
        assert "2020-0417" in read.pages[17].extract_text()
    assert len(paper(["一页"])) < 900


def test_a_photograph_knows_when_and_where():
    content = photograph(datetime(2020, 8, 6, 11, 30), 37.7712, 115.7154, Random(1))
    exif = Image.open(io.BytesIO(content)).getexif()
    assert exif.get_ifd(0x8769)[36867] == "2020:08:06 11:30:00"
    degrees, minutes, _seconds = exif.get_ifd(0x8825)[2]
    assert float(degrees) + float(minutes) / 60 == pytest.approx(37.7712, abs=0.02)
