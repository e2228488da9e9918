"""What the pages of finance show to whom, what forms and sheets do."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from luodi.finance import actions
from luodi.finance.models import Balance, Need
from tests.finance.test_acts import fresh, grant, pay
from tests.world import at

PAGES = ("/finance/", "/finance/funnel/", "/finance/events/", "/finance/banks/", "/finance/balances/")


def words(response):
    return response.content.decode()


def sheet(*rows, unit="单位：万元", title="重点项目贷款余额表"):
    book = Workbook()
    for row in ([title], [unit], *rows):
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


HEAD = ["银行", "类别", "年初余额", "本年发放", "本年收回", "核销", "期末余额"]
NEED_HEAD = ["需求类型", "名称", "统一社会信用代码", "责任单位", "需求金额", "用途", "期限", "担保方式"]


def send(client, content, kind="balances", act="import", month="2020-06"):
    facts = {"month_on": month, "act": act, "upload": SimpleUploadedFile("表.xlsx", content)}
    return client.post(f"/finance/sheets/{kind}/", facts)


class TestReading:
    def test_each_sees_what_the_post_reaches(self, money, as_):
        row = money.met(money.out(name="桃城橡胶厂"))
        for path in PAGES:
            assert as_(money.li).get(path).status_code == 200
            assert as_(money.wu).get(path).status_code == 403
        assert "桃城橡胶厂" in words(as_(money.wang).get("/finance/"))
        assert "桃城橡胶厂" not in words(as_(money.gao).get("/finance/"))
        assert as_(money.gao).get(f"/finance/{row.pk}/").status_code == 404

    def test_names_and_telephones_are_for_those_who_keep_the_need(self, money, as_):
        row = money.met(money.out())
        assert "郭经理" in words(as_(money.wang).get(f"/finance/{row.pk}/"))
        assert "郭经理" not in words(as_(money.zhou).get(f"/finance/{row.pk}/"))
        event = row.contacts.get().event_id
        assert "张行长" in words(as_(money.wang).get(f"/finance/events/{event}/"))
        assert "张行长" not in words(as_(money.zhou).get(f"/finance/events/{event}/"))
        assert as_(money.gao).get(f"/finance/events/{event}/").status_code == 404

    def test_suggestions_say_why_and_leave_out_who_has_met(self, money, as_):
        row = money.met(money.out())
        facts = {"least_amount": Decimal(0), "most_amount": Decimal(20000), "most_months": 12}
        facts |= {"securities": ["mortgage"], "industries": []}
        for bank in (money.icbc, money.abc):
            actions.offer(bank, {"name": f"{bank.code}贷", **facts}, actor=money.li, at=at("2020-03-01"))
        page = words(as_(money.wang).get(f"/finance/{row.pk}/"))
        for said in ("农业银行衡水分行 · abc贷", "金额：12,000 万元，在 0 至 20,000 万元之内",
                     "期限：24 个月，最长 12 个月", "有一项不合适", f"/contact/?bank={money.abc.pk}"):  # fmt: skip
            assert said in page, said
        assert "icbc贷" not in page

    def test_the_gap_is_on_the_page(self, money, as_):
        money.four()
        assert "不能核对各类是不是齐全" in words(as_(money.zhou).get("/finance/balances/"))
        money.total()
        page = words(as_(money.zhou).get("/finance/balances/"))
        for said in ("162.77 亿元", "130.38 亿元", "32.39 亿元", "没有说明的部分", "类别有交叉，待核对", "17.95 亿元"):
            assert said in page, said

    def test_the_funnel(self, money, as_):
        row = money.met(money.out())
        pay(money, row, grant(money, row), 3000)
        money.out(unit=money.units["131126-fgj"])
        page = words(as_(money.li).get("/finance/funnel/"))
        for said in ("桃城区", "故城县", "66.7%", "33.3%", "工商银行衡水分行", "0.8 亿元"):
            assert said in page, said
        for figure in ("finance.lent", "finance.credit_rate", "finance.refusals", "finance.loans"):
            assert f'href="/indicators/{figure}/?' in page, figure  # each number opens its rows
        assert "故城县" not in words(as_(money.wang).get("/finance/funnel/"))

    def test_an_earlier_month_is_asked_as_it_was(self, money, as_):
        money.tell(money.balance(end_amount=1300), month=5)
        money.tell(money.balance(issued_amount=700, end_amount=1500), month=6)
        client = as_(money.li)
        for month, amount in (("2020-05", "0.13 亿元"), ("2020-06", "0.15 亿元")):
            page = words(client.get(f"/finance/balances/?month={month}"))
            link = re.search(rf'href="(/indicators/finance.balance_local/[^"]*)"[^>]*>{amount}', page)
            assert link, month
            assert amount in words(client.get(link[1].replace("&amp;", "&")))

    def test_pages_ask_the_database_a_bounded_number_of_times(self, money, as_, django_assert_max_num_queries):
        for _n in range(12):
            row = money.met(money.out())
        money.four()
        money.total()
        client = as_(money.li)
        for path in (*PAGES, f"/finance/{row.pk}/"):
            client.get(path)
            with django_assert_max_num_queries(40):
                client.get(path)


class TestForms:
    def test_wang_enters_meets_grants_and_pays_in_the_browser(self, money, as_):
        client = as_(money.wang)
        facts = {"kind": "enterprise", "name": "衡水玻璃钢厂", "unit": "131102-fgj", "amount": "1.2亿元",
                 "purpose": "技改", "months": 36, "security": "mortgage"}  # fmt: skip
        assert client.post("/finance/enter/", facts).status_code == 303
        row = Need.objects.get(name="衡水玻璃钢厂")
        assert row.amount == 12000
        client = as_(money.li)
        batch = {"name": "第九批", "published_on": "2020-08-20", "needs": [row.pk]}
        assert client.post("/finance/publish/", batch).status_code == 303
        steps = [
            ("contact", {"kind": "banker_visit", "bank": money.icbc.pk, "held_on": "2020-08-21"}),
            ("grant", {"bank": money.icbc.pk, "amount": "8000", "granted_on": "2020-08-24"}),
            ("pay", {"amount": "3000", "paid_on": "2020-08-26"}),
            ("refuse", {"bank": money.icbc.pk, "refused_on": "2020-08-27", "ground": "other", "reason": "额度用完"}),
        ]
        for name, facts in steps:
            row = fresh(row)
            if name == "pay":
                facts["credit"] = row.credits.get().pk
            assert client.get(f"/finance/{row.pk}/{name}/").status_code == 200
            response = client.post(f"/finance/{row.pk}/{name}/", {"seen": row.version, **facts})
            assert response.status_code == 303, words(response)
        loan = f"Loan-{row.credits.get().loans.get().pk}"
        row = fresh(row)
        facts = {"seen": row.version, "row": loan, "reason": "录错"}
        assert client.post(f"/finance/{row.pk}/void/", facts).status_code == 303
        row = fresh(row)
        assert (row.granted_amount, row.paid_amount) == (8000, 0)
        facts = {"seen": row.version, "name": row.name, "amount": "12000", "purpose": "改造", "months": 36,
                 "security": "credit"}  # fmt: skip
        assert client.post(f"/finance/{row.pk}/amend/", facts).status_code == 303
        assert client.post(f"/finance/{row.pk}/withdraw/", {"seen": 1, "reason": "x"}).status_code == 409

    def test_refusals_come_back_with_the_form(self, money, as_):
        money.four()
        client = as_(money.li)
        facts = {"month_on": "2020-06", "amount": "162.77亿元", "start_amount": "144.82亿元",
                 "increase_amount": "17.95亿元", "source": "月报", "published_on": "2020-07-15"}  # fmt: skip
        response = client.post("/finance/balances/total/", facts)
        assert response.status_code == 422
        assert "32.39 亿元（19.9%）没有说明" in words(response)
        facts = {"month_on": "2020-07", "bank": money.icbc.pk, "loan_class": "other", "start_amount": "0",
                 "issued_amount": "5", "repaid_amount": "0", "end_amount": "6"}  # fmt: skip
        response = client.post("/finance/balances/tell/", facts)
        assert response.status_code == 422
        assert "差 1 万元" in words(response)
        assert client.post("/finance/balances/tell/", {**facts, "end_amount": "5"}).status_code == 303
        assert client.post("/finance/enter/", {}).status_code == 422

    def test_who_may_not(self, money, as_):
        assert as_(money.wang).get("/finance/publish/").status_code == 403
        assert as_(money.sun).get("/finance/banks/add/").status_code == 403
        assert as_(money.sun).get("/finance/balances/total/").status_code == 403
        assert as_(money.wang).get("/finance/balances/tell/").status_code == 403
        assert as_(money.zhou).get("/finance/enter/").status_code == 403
        assert as_(money.li).get("/finance/sheets/other/").status_code == 404


class TestSheets:
    def test_a_right_sheet_comes_in(self, money, as_):
        content = sheet(
            HEAD, ["icbc", "省级", 10, 5, 2, 1, 12], ["农业银行衡水分行", "国家级", 1, 0, 0, None, 1],
            ["合计", None, 11, 5, 2, 1, 13], unit="单位：亿元",
        )  # fmt: skip
        assert send(as_(money.li), content, act="check").status_code == 200
        assert not Balance.objects.exists()
        assert send(as_(money.li), content).status_code == 303
        assert Balance.objects.get(bank=money.icbc).end_amount == 120_000

    def test_a_wrong_one_is_shown_back_and_nothing_is_written(self, money, as_):
        content = sheet(
            HEAD, ["icbc", "省级", 10, 5, 2, 0, 14], ["邮储", "国家级", 1, 0, 0, 0, 1],
            ["abc", "别的", "约1", 0, 0, 0, 1],
            ["abc", "地市", "2亿元", 0, 0, 0, 20000], ["abc", "地市", 20000, 0, 0, 0, 20000], ["合计", None, 99],
            title="2020年5月重点项目贷款余额表",
        )  # fmt: skip
        response = send(as_(money.li), content)
        page = words(response)
        assert response.status_code == 422
        for said in ("差 1 万元", "没有“邮储”", "没有“别的”", "约1", "与表上的单位万元不同，折合 20,000 万元",
                     "填了两次", "“合计”：年初余额写 99", "您选的是 2020-06"):  # fmt: skip
            assert said in page, said
        assert not Balance.objects.exists()
        marked = load_workbook(BytesIO(send(as_(money.li), content, act="marked").content)).active
        assert any(cell.comment for row in marked.iter_rows() for cell in row)

    def test_months_told_already_or_left_out(self, money, as_):
        money.tell(money.balance())
        again = sheet(HEAD, ["icbc", "地市", 1000, 500, 200, 0, 1300])
        assert "已经填报过" in words(send(as_(money.li), again))
        assert "2020-07 还没有填报" in words(send(as_(money.li), again, month="2020-08"))

    def test_needs_come_in_or_are_shown_back(self, money, as_):
        good = ["企业", "桃城服装厂", "", "131102-fgj", 500, "流动资金", "2年", "抵押"]
        assert send(as_(money.wang), sheet(NEED_HEAD, good), "needs").status_code == 303
        assert Need.objects.get(name="桃城服装厂").months == 24
        bad = [
            ["企业", "甲厂", "91", "131126-fgj", -5, "", "很久", "人情"],
            ["企业", "乙厂", "", "131102-fgj", 500, "周转", 12, "信用"],
            ["企业", "乙厂", "", "131102-fgj", 500, "周转", 12, "信用"],
        ]
        page = words(send(as_(money.wang), sheet(NEED_HEAD, *bad), "needs"))
        for said in ("应为18位", "没有“131126-fgj”", "要大于 0", "没有填用途", "没有“人情”", "和第 5 行是同一个需求"):
            assert said in page, said
        assert Need.objects.count() == 1

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x00" * 100])
    def test_what_is_no_sheet(self, money, as_, content):
        assert send(as_(money.li), content).status_code == 422

    def test_columns_that_lack(self, money, as_):
        content = sheet(["银行", "类别", "年初余额", "收回", "期末余额"], ["icbc", "省级", 1, 0, 1])
        assert "必须有的列：本年发放" in words(send(as_(money.li), content))

    def test_the_sheet_to_take_along(self, money, as_):
        for kind in ("needs", "balances"):
            response = as_(money.li).get(f"/finance/sheets/{kind}/template.xlsx")
            assert load_workbook(BytesIO(response.content)).active["A1"].value
        assert date(2020, 6, 1) not in Balance.objects.values_list("month_on", flat=True)
