"""The pages of land in the hands of Zhao, Wang and Gao; exports; budgets of queries."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from luodi.land import actions
from luodi.land.models import Account, Batch, Book, Contract, Posting
from tests.land.records import amounts
from tests.world import at


@pytest.fixture
def full(land):
    """Two lots in stock, a batch with quota, a zone with counts, a contract."""
    land.lot_row, land.batch_row = land.stocked(), land.batch()
    land.stocked(unit="131126-fgj")
    about = {"pool_unit": land.units["131102"], "actor": land.zhao, "at": at("2020-05-06")}
    land.posting = actions.withdraw(land.batch_row, amounts("5"), **about)
    facts = {"actor": land.wang, "at": at("2020-06-01")}
    land.zone_row = actions.enter_zone(unit=land.units["131102-fgj"], name="桃城经济开发区", **facts)
    actions.count(land.zone_row, area=amounts("30").area, counted_on=date(2020, 6, 1), **facts)
    land.contract_row = land.contract()
    return land


def paths(world):
    return {
        "lots": f"/land/lots/{world.lot_row.pk}/", "batches": f"/land/batches/{world.batch_row.pk}/",
        "zones": f"/land/zones/{world.zone_row.pk}/", "contracts": f"/land/contracts/{world.contract_row.pk}/",
        "postings": f"/land/postings/{world.posting.pk}/",
    }  # fmt: skip


LISTS = ["", "lots/", "batches/", "zones/", "contracts/"]


@pytest.mark.parametrize("page", LISTS)
def test_lists_show_what_there_is_and_cost_a_fixed_number_of_queries(full, as_, page, django_assert_max_num_queries):
    client = as_(full.li)
    with django_assert_max_num_queries(32):
        answer = client.get(f"/land/{page}")
    assert answer.status_code == 200
    words = {"": "№", "lots/": "邓庄镇", "batches/": "批次建设用地", "zones/": "不足500亩", "contracts/": "还有 31 天"}
    assert words[page] in answer.content.decode()


def test_more_rows_ask_no_more(full, as_, django_assert_max_num_queries):
    for _n in range(12):
        full.stocked()
    client = as_(full.li)
    with django_assert_max_num_queries(32):
        assert client.get("/land/").status_code == 200


@pytest.mark.parametrize("name", ["lots", "batches", "zones", "contracts", "postings"])
def test_each_record_has_its_page_and_for_another_county_there_is_none(full, as_, name, django_assert_max_num_queries):
    client = as_(full.wang)
    with django_assert_max_num_queries(30):
        assert client.get(paths(full)[name]).status_code == 200
    assert as_(full.zhao).get(paths(full)[name]).status_code == 200
    assert as_(full.gao).get(paths(full)[name]).status_code == 404
    assert as_(full.wu).get(paths(full)[name]).status_code == 403


def test_balances_of_another_day(full, as_):
    page = as_(full.li).get("/land/?as_of=2020-03-25").content.decode()
    assert "2020年3月25日" in page
    assert as_(full.li).get("/land/?as_of=gestern").status_code == 422


def test_zhao_makes_a_batch_good_and_notes_its_approval(full, as_):
    client, batch = as_(full.zhao), full.batch("8", "4")
    assert "占补平衡指标没有挂足" in client.get(f"/land/batches/{batch.pk}/").content.decode()
    form = client.get(f"/land/withdraw/?batch={batch.pk}").content.decode()
    assert 'value="4"' in form
    sent = {"batch": batch.pk, "project": "", "pool_unit": "131102", "area": "60亩", "paddy": "", "capacity": ""}
    assert client.post("/land/withdraw/", sent).status_code == 303
    day = {"approved_on": "2020-08-20", "approved_paper": "冀政转征函〔2020〕88号"}
    batch.refresh_from_db()
    old = client.post(f"/land/batches/{batch.pk}/approve/", {**day, "seen": "1"})
    assert (old.status_code, "有人改动过" in old.content.decode()) == (409, True)
    assert client.post(f"/land/batches/{batch.pk}/approve/", {**day, "seen": batch.version}).status_code == 303
    assert Batch.objects.get(pk=batch.pk).status == "approved"


def test_what_does_not_fit_comes_back_with_its_sentence(full, as_):
    client, batch = as_(full.zhao), full.batch("80", "40")
    sent = {"batch": batch.pk, "project": "", "pool_unit": "131102", "area": "40", "paddy": "", "capacity": ""}
    short = client.post("/land/withdraw/", sent)
    assert (short.status_code, "数量只有 5 公顷，还差 35 公顷" in short.content.decode()) == (409, True)
    none = client.post("/land/withdraw/", {**sent, "batch": "", "area": "约70"})
    words = none.content.decode()
    assert (none.status_code, "只能选一样" in words, "约数" in words) == (422, True, True)
    assert "国务院批准" in client.get(f"/land/batches/{batch.pk}/").content.decode()


def test_quota_moves_and_is_moved_back_on_pages(full, as_):
    client = as_(full.zhao)
    sent = {"giver": "131102", "taker": "1311", "area": "2", "paddy": "", "capacity": "", "paper": "", "reason": ""}
    assert client.post("/land/transfer/", sent).status_code == 303
    assert Account.objects.get(unit=full.units["1311"], book=Book.POOL).area == 2
    last = Posting.objects.latest("pk")
    assert client.post(f"/land/postings/{last.pk}/reverse/", {"reason": ""}).status_code == 422
    assert client.post(f"/land/postings/{last.pk}/reverse/", {"reason": "调错"}).status_code == 303
    assert "已由凭证" in client.get(f"/land/postings/{last.pk}/").content.decode()


def test_wang_enters_but_does_not_decide(full, as_):
    client = as_(full.wang)
    assert client.get("/land/withdraw/").status_code == 403
    assert client.get("/land/transfer/").status_code == 403
    assert client.get(f"/land/batches/{full.batch_row.pk}/approve/").status_code == 403
    assert client.get(f"/land/postings/{full.posting.pk}/reverse/").status_code == 403
    blank = dict.fromkeys(("project", "arable_area", "paddy_area", "build_area", "unused_area"), "")
    sent = {"code": "N-1", "name": "桃城第9批次", "unit": "131102-fgj", "area": "15亩", "farm_area": "15亩", **blank}
    sent["submitted_on"] = "2020-08-01"
    assert client.post("/land/batches/enter/", sent).status_code == 303
    wrong = client.post("/land/batches/enter/", {**sent, "code": "N-2", "farm_area": "10亩"})
    assert (wrong.status_code, "差 0.3333 公顷" in wrong.content.decode()) == (422, True)
    again = client.post("/land/batches/enter/", sent)
    assert "已经有“N-1”" in again.content.decode()
    assert client.post(f"/land/zones/{full.zone_row.pk}/count/",
                       {"area": "520亩", "counted_on": "2020-08-30", "note": ""}).status_code == 303  # fmt: skip
    assert "达到500亩" in client.get("/land/zones/").content.decode()


def test_a_contract_is_granted_once_its_condition_is_met(full, as_):
    client, path = as_(full.li), paths(full)["contracts"]
    early = client.post(f"{path}grant/", {"granted_on": "2020-08-30", "grant_years": "45", "seen": "1"})
    assert (early.status_code, "达产考核" in early.content.decode()) == (409, True)
    assert client.post(f"{path}meet/", {"met_on": "2020-08-20", "seen": "1"}).status_code == 303
    sent = {"granted_on": "2020-08-30", "grant_years": "50", "seen": "2"}
    assert "合计不得超过 50 年" in client.post(f"{path}grant/", sent).content.decode()
    assert client.post(f"{path}grant/", {**sent, "grant_years": "45"}).status_code == 303
    assert Contract.objects.get().status == "granted"


def test_exports(full, as_):
    for path, words in (("/land/journal.xlsx", "核销"), ("/land/batches/batches.xlsx", "已上报")):
        answer = as_(full.li).get(path)
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert words in cells
        assert any("单位：公顷" in cell for cell in cells)


@pytest.mark.parametrize("page", [*LISTS, "withdraw/", "transfer/", "lots/enter/", "contracts/enter/"])
def test_in_english_too(full, as_, page):
    assert as_(full.zhao).get(f"/en/land/{page}").status_code == 200
