"""Wang keeps the projects of Taocheng, Li issues the plans: what each may do, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from luodi.journal.queries import timeline
from luodi.kit.refusal import Refused
from luodi.projects import actions
from luodi.projects.models import Milestone, MonthlyInvestment, PlanVersion, Stall, Status
from tests.world import PACK, at

AUGUST = date(2020, 8, 1)


def reach(world, row, kind, day, actor=None):
    return actions.reach(
        row, kind=kind, reached_on=date.fromisoformat(day), actor=actor or world.wang, at=at("2020-08-30")
    )


class TestEntering:
    def test_li_enters_a_project_with_its_plan_and_its_steps(self, library):
        row = library.project()
        assert (row.plan_amount, row.status, row.county_code) == (Decimal(12000), Status.TRACKED, "131102")
        assert row.plans.count() == 1
        assert row.milestones.count() == 9
        assert timeline(row).get().verb == "projects.enter"

    def test_wang_enters_one_of_his_own_but_no_plan(self, library):
        bare = {"year": None, "list_kind": "", "plan_amount": None, "due_on": None}
        row = library.project(actor=library.wang, **bare)
        assert row.year is None
        with pytest.raises(Refused, match="年度计划由市级下达"):
            library.project(actor=library.wang)
        with pytest.raises(Refused, match="不能为故城县发改局新增项目"):
            library.project(actor=library.wang, unit=library.units["131126-fgj"], **bare)

    def test_the_same_project_is_not_entered_twice(self, library):
        row = library.project()
        with pytest.raises(Refused, match="已经在项目库里"):
            library.project(code=row.code)
        with pytest.raises(Refused, match="已经有“北方汽车"):
            library.project(name=row.name)

    def test_a_plan_larger_than_the_whole_is_refused(self, library):
        with pytest.raises(Refused, match="大于总投资"):
            library.project(plan_amount=Decimal(60000))


class TestMonths:
    def test_months_add_up(self, library):
        row = library.told(library.project(), {1: 100, 2: "200.5", 3: 0})
        assert (row.year_amount, row.done_amount, row.month_on) == (
            Decimal("300.5"),
            Decimal("300.5"),
            date(2020, 3, 1),
        )

    def test_money_before_the_library_counts_into_the_whole_only(self, library):
        row = library.told(library.project(before_amount=Decimal(7000)), {1: 100})
        assert (row.year_amount, row.done_amount) == (Decimal(100), Decimal(7100))

    @pytest.mark.parametrize(
        ("month", "amount", "why"), [(2, 5, "已经填报过"), (4, 5, "2020-03 还没有填报"), (3, -1, "累计下降")]
    )
    def test_what_cannot_be_is_refused_with_the_projects_name(self, library, month, amount, why):
        row = library.told(library.project(), {1: 100, 2: 100})
        with pytest.raises(Refused, match=f"北方汽车.*{why}"):
            actions.report(
                row, month_on=date(2020, month, 1), amount=Decimal(amount), actor=library.wang, at=at("2020-08-28")
            )

    def test_gao_of_another_county_is_refused_and_nothing_of_the_list_is_kept(self, library):
        rows = [library.project(), library.project()]
        reports = [actions.Report(one, Decimal(1)) for one in rows]
        with pytest.raises(Refused, match="您的岗位"):
            actions.report_many(reports, month_on=AUGUST, actor=library.gao, at=at("2020-08-28"))
        assert not MonthlyInvestment.objects.exists()

    def test_two_who_tell_the_same_month_at_once(self, library):
        row = library.project()
        library.told(row, {1: 100})
        with pytest.raises(Refused, match="有人改动过"):
            actions.report(
                row, month_on=date(2020, 2, 1), amount=Decimal(1), seen=1, actor=library.wang, at=at("2020-02-28")
            )

    def test_a_correction_has_a_day_and_a_reason_and_leaves_the_past_as_it_was(self, library):
        row = library.told(library.project(), {1: 100, 2: 200, 3: 300})
        with pytest.raises(Refused, match="要写明理由"):
            actions.correct(
                row, month_on=date(2020, 2, 1), amount=Decimal(20), reason=" ", actor=library.wang, at=at("2020-04-03")
            )
        row = actions.correct(
            row,
            month_on=date(2020, 2, 1),
            amount=Decimal(20),
            reason="多报一个零",
            actor=library.wang,
            at=at("2020-04-03"),
        )
        assert row.year_amount == row.done_amount == Decimal(420)
        old = MonthlyInvestment.objects.get(month_on=date(2020, 2, 1), amount=200)
        assert old.ended_on == date(2020, 4, 3)
        assert old.corrected_by.reason == "多报一个零"

    def test_a_month_never_told_cannot_be_corrected(self, library):
        with pytest.raises(Refused, match="还没有填报过"):
            actions.correct(
                library.project(),
                month_on=AUGUST,
                amount=Decimal(1),
                reason="x",
                actor=library.wang,
                at=at("2020-08-28"),
            )


class TestPlans:
    def test_a_second_version_needs_a_reason_and_the_first_stays(self, library):
        row = library.told(library.project(), {1: 100})
        facts = {"year": 2020, "list_kind": "planned_start", "amount": Decimal(9000), "actor": library.li}
        with pytest.raises(Refused, match="调整要写明理由"):
            actions.plan(row, **facts, at=at("2020-06-01"))
        row = actions.plan(row, **facts, reason="年中调整", at=at("2020-06-01"))
        assert (row.plan_amount, row.year_amount) == (Decimal(9000), Decimal(100))
        first, second = PlanVersion.objects.order_by("edition")
        assert (first.ended_on, second.edition) == (date(2020, 6, 1), 2)

    def test_plans_are_not_the_countys(self, library):
        with pytest.raises(Refused, match="您的岗位"):
            actions.plan(
                library.project(),
                year=2021,
                list_kind="construction",
                amount=Decimal(1),
                actor=library.wang,
                at=at("2020-08-30"),
            )

    def test_a_new_year_begins_at_zero(self, library):
        row = library.told(library.project(), {1: 100})
        row = actions.plan(
            row, year=2021, list_kind="construction", amount=Decimal(1), actor=library.li, at=at("2020-12-30")
        )
        assert (row.year, row.year_amount, row.done_amount, row.month_on) == (2021, 0, Decimal(100), None)


class TestTheWay:
    def test_a_project_lands_by_the_packs_definition(self, library):
        row = reach(library, library.project(), "filed", "2020-02-03")
        with pytest.raises(Refused, match="没有完成：用地、开工"):
            actions.land(row, landed_on=date(2020, 8, 30), actor=library.li, at=at("2020-08-30"))
        row = reach(library, row, "land", "2020-03-20")
        row = reach(library, row, "started", "2020-04-15")
        assert (row.started_on, row.reached) == (date(2020, 4, 15), "started")
        with pytest.raises(Refused, match="2020-04-15 至今天之间"):
            actions.land(row, landed_on=date(2020, 4, 1), actor=library.li, at=at("2020-08-30"))
        row = actions.land(row, landed_on=date(2020, 4, 20), actor=library.li, at=at("2020-08-30"))
        assert row.status == Status.LANDED
        assert row.landing.definition == library.definition

    def test_wang_does_not_find_his_own_project_landed(self, library):
        row = library.project()
        for kind in ("filed", "land", "started"):
            row = reach(library, row, kind, "2020-04-15")
        with pytest.raises(Refused, match="您的岗位"):
            actions.land(row, landed_on=date(2020, 4, 20), actor=library.wang, at=at("2020-08-30"))

    def test_exempt_steps_count_as_done_and_say_why(self, library):
        row = library.project()
        with pytest.raises(Refused, match="为什么免办"):
            actions.reach(row, kind="land", exempt=True, actor=library.wang, at=at("2020-08-30"))
        row = actions.reach(row, kind="land", exempt=True, note="利用现有厂房", actor=library.wang, at=at("2020-08-30"))
        for kind in ("filed", "started"):
            row = reach(library, row, kind, "2020-04-15")
        assert (
            actions.land(row, landed_on=date(2020, 5, 1), actor=library.li, at=at("2020-08-30")).status == Status.LANDED
        )

    def test_a_day_on_record_is_changed_only_with_a_reason(self, library):
        row = reach(library, library.project(), "filed", "2020-02-03")
        with pytest.raises(Refused, match="要改请写明理由"):
            reach(library, row, "filed", "2020-02-04")
        with pytest.raises(Refused, match="还没有到"):
            reach(library, row, "land", "2020-09-01")
        row = actions.reach(
            row, kind="filed", reached_on=date(2020, 2, 4), reason="看错日期", actor=library.wang, at=at("2020-08-30")
        )
        assert Milestone.objects.get(project=row, kind="filed").reached_on == date(2020, 2, 4)

    def test_stalled_and_resumed(self, library):
        row = actions.stall(library.project(), reason="用地指标没有落实", actor=library.wang, at=at("2020-05-06"))
        with pytest.raises(Refused, match="停滞"):
            actions.land(row, landed_on=date(2020, 5, 6), actor=library.li, at=at("2020-05-07"))
        row = actions.resume(row, reason="指标已从市库调剂", actor=library.wang, at=at("2020-06-08"))
        assert row.status == Status.TRACKED
        assert Stall.objects.get().resumed_on == date(2020, 6, 8)


def test_the_definition_is_loaded_once_and_changed_only_with_a_higher_version(library, tmp_path):
    again = actions.load_definition(PACK, pack=library.campaign.pack, actor=library.li, at=at("2020-03-01"))
    assert again == library.definition
    text = (PACK / "projects.yaml").read_text()
    (tmp_path / "projects.yaml").write_text(text.replace("现代物流", "物流"))
    with pytest.raises(Refused, match="请改为 2 后再装入"):
        actions.load_definition(tmp_path, pack=library.campaign.pack, actor=library.li, at=at("2020-03-01"))
    (tmp_path / "projects.yaml").write_text(text.replace("filed, land", "filed, lant"))
    with pytest.raises(Refused, match=r"projects\.yaml 第 6 行"):
        actions.load_definition(tmp_path, pack=library.campaign.pack, actor=library.li, at=at("2020-03-01"))


class TestFiguresOfOthers:
    FACTS = {"series": "fai_growth", "month_on": date(2020, 7, 1), "amount": Decimal("6.5"),
             "published_on": date(2020, 8, 15), "source": "市统计局《7月份经济运行快报》"}  # fmt: skip

    def test_a_newer_paper_replaces_an_older_one(self, library):
        publish = {"city_code": "1311", "actor": library.li, "at": at("2020-08-30")}
        old = actions.publish(self.FACTS, **publish)
        new = actions.publish({**self.FACTS, "amount": Decimal("6.6"), "published_on": date(2020, 8, 20)}, **publish)
        old.refresh_from_db()
        assert (old.ended_on, new.ended_on) == (date(2020, 8, 20), None)
        with pytest.raises(Refused, match="更晚发布"):
            actions.publish(self.FACTS, **publish)

    def test_nothing_is_published_tomorrow(self, library):
        with pytest.raises(Refused, match="还没有到"):
            actions.publish(
                {**self.FACTS, "published_on": date(2020, 9, 1)},
                city_code="1311",
                actor=library.li,
                at=at("2020-08-30"),
            )
