"""The sample's applications and urgings, between the acts on problems: decided ones, some that wait, a trace of urging.

What is merged or voided is registered, asked about and decided on one day, so that no figure of any day counts it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from luodi.amendments import actions
from luodi.campaigns.models import Campaign
from luodi.kit.clock import local_day
from luodi.orgs.models import Person
from luodi.problems import actions as problems
from luodi.problems.models import OUT, Problem
from luodi.sample.rules import Case

Later = list[tuple[datetime, Callable[[], Any]]]
MORE_TIME = (
    (date(2020, 6, 16), "拆迁补偿协议还差两户没有签，已约定本月底前签完，需要顺延。", True, "同意，抓紧签约。"),
    (date(2020, 6, 23), "受汛期影响，配套管网无法开挖，施工单位申请顺延。", True, "同意顺延，雨后立即复工。"),
    (date(2020, 7, 7), "经办人员外出培训，材料还没有整理。", False, "不属于延期的理由，请安排他人按期办结。"),
)
WAITING_TIME = (
    "补充检测报告要等第三方机构出具，预计九月中旬取得。",
    "土地出让公告期未满，九月十日以后才能签合同。",
    "补证材料涉及两个部门会签，正在走程序。",
)
URGED = ("已超过整改时限，请三日内补齐证据并再报。", "请明确完成时间，每日报送进展。", "请主要负责人过问，本周内办结。")


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def acts(campaign: Campaign, cases: Mapping[str, Case], people: Mapping[str, Person]) -> Later:
    """Everything that is asked, decided and urged, with its moment; `cases` says who works where and how each ends."""
    desk = Desk(campaign, cases, people)
    later: Later = []

    def then(at: datetime, act: Callable[..., None], *words: Any) -> None:
        later.append((at, partial(act, *words, at)))

    for day, reason, approved, note in MORE_TIME:
        then(_at(day, 9, 40), desk.ask_more_time, str(day), reason)
        then(_at(day, 15, 10), desk.decide, str(day), approved, note, "li")
    day = date(2020, 6, 30)  # a county's office enters one twice, notices, and it is merged the same day
    then(_at(day, 10), desk.register, "double", "131126", "", "office 131126")
    then(_at(day, 10, 30), desk.ask_merge, "double", "office 131126")
    then(_at(day, 15, 20), desk.decide, "double", True, "核对无误，同意并案。", "li")
    day = date(2020, 7, 21)  # entered by mistake, voided the same day by two persons
    then(_at(day, 10), desk.register, "mistake", "131102", "误录：不属于本次活动范围", "li")
    then(_at(day, 10, 30), desk.ask_void, "mistake", "不属于项目落地问题，应转信访渠道办理。", "li")
    then(_at(day, 16), desk.decide, "mistake", True, "同意作废。", "tian")
    for day, most in ((date(2020, 8, 27), 9), (date(2020, 8, 28), 3)):
        for number in range(most):
            then(_at(day, 15, number), desk.urge, number)
    day = date(2020, 8, 28)
    for number, reason in enumerate(WAITING_TIME):
        then(_at(day, 16, 20 + number), desk.wait_for_time, number, reason)
    for number in range(2):
        then(_at(day, 16, 40 + number), desk.wait_for_end, number)
    return later


class Desk:
    """Who asks and decides; `kept` remembers what was asked about in the morning until it is decided."""

    def __init__(self, campaign: Campaign, cases: Mapping[str, Case], people: Mapping[str, Person]) -> None:
        self.campaign, self.cases, self.people = campaign, cases, people
        self.kept: dict[str, Problem] = {}
        self.first: dict[str, Problem] = {}

    def free(self, status: str, ends: str) -> list[Problem]:
        """Problems of the plan in this status that will end so, in order; no day of the plan's own list is moved."""
        rows = Problem.objects.filter(status=status, batch="base").order_by("code")
        told = "story" if status == ends else "code"  # what waits at the end moves no day: only told histories are left
        plain = {code for code, case in self.cases.items() if told not in case.fixed and case.ends == ends}
        return [row for row in rows if row.code in plain]

    def clerk(self, row: Problem) -> Person:
        """Who handles it."""
        return self.people[f"clerk {self.cases[row.code].unit}"]

    def more_time(self, row: Problem, days: int, reason: str, at: datetime) -> None:
        """The clerk asks for so many days beyond the limit."""
        until = max(row.due_on or local_day(at), local_day(at)) + timedelta(days=days)
        actions.ask_extension(row, new_due_on=until, reason=reason, actor=self.clerk(row), at=at)

    def ask_more_time(self, key: str, reason: str, at: datetime) -> None:
        """In the morning, about one that is being put right."""
        for row in self.free("rectifying", "closed")[:1]:
            self.more_time(row, 20, reason, at)
            self.kept[key] = row

    def decide(self, key: str, approved: bool, note: str, who: str, at: datetime) -> None:
        """In the afternoon."""
        if row := self.kept.get(key):
            asked = row.amendments.get(decided_on=None)
            actions.decide(asked, approved=approved, note=note, actor=self.people[who], at=at)

    def register(self, key: str, county: str, title: str, who: str, at: datetime) -> None:
        """A registration that should not have been made, like the county's first one."""
        rows = Problem.objects.filter(county_code=county, batch="base").exclude(status__in=OUT)
        one = rows.select_related("unit", "category").order_by("code")[0]
        same = ("batch", "source", "unit", "category", "description", "project_name", "project_code", "project_owner")
        fields = {name: getattr(one, name) for name in same} | {"title": title or one.title, "found_on": local_day(at)}
        self.first[key] = one
        self.kept[key] = problems.register(self.campaign, fields, actor=self.people[who], at=at)

    def ask_merge(self, key: str, who: str, at: datetime) -> None:
        """It is the same as the earlier one."""
        into = self.first[key]
        reason = f"与 {into.code} 是同一件，重复登记。"
        actions.ask_merge(self.kept[key], into=into, reason=reason, actor=self.people[who], at=at)

    def ask_void(self, key: str, reason: str, who: str, at: datetime) -> None:
        """It should not be in the ledger."""
        actions.ask_void(self.kept[key], reason=reason, actor=self.people[who], at=at)

    def urge(self, number: int, at: datetime) -> None:
        """The city's office urges on what is past its limit, the longest first."""
        late = Problem.objects.unfinished().overdue(local_day(at)).order_by("due_on", "code")
        for row in late[number : number + 1]:
            actions.urge(row, reason=URGED[number % len(URGED)], actor=self.people["li"], at=at)

    def wait_for_time(self, number: int, reason: str, at: datetime) -> None:
        """What the city's office finds on its desk: three ask for more time."""
        for row in self.free("returned", "returned")[number : number + 1]:
            self.more_time(row, 18, reason, at)

    def wait_for_end(self, number: int, at: datetime) -> None:
        """One asks to merge, one to void."""
        for row in self.free("self_checked", "self_checked")[number : number + 1]:
            office = self.people[f"office {row.county_code}"]
            others = Problem.objects.filter(county_code=row.county_code, batch="base").exclude(status__in=OUT)
            into = others.exclude(pk=row.pk).order_by("code").first()
            if number == 0 and into:
                reason = f"与 {into.code} 反映的是同一项目的同一事项，建议并案。"
                actions.ask_merge(row, into=into, reason=reason, actor=office, at=at)
            else:
                actions.ask_void(row, reason="项目已由省里收回统筹，不再由本县整改。", actor=office, at=at)
