"""The acts on a project; codes of projects and organisations; months that add up; pace; when one has landed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.flow.rules import HOLD, Flow, act
from luodi.kit.refusal import Refused
from luodi.kit.values import grouped, rounded
from luodi.orgs.models import Person, Role
from luodi.orgs.rules import Reach
from luodi.projects.models import BUILDING, Milestone, MilestoneKind, PlanVersion, Project, Status

S = Status
STEP_ORDER = {code: place for place, code in enumerate(MilestoneKind.values, 1)}
OFFICE, COUNTY_OFFICE = (Role.OFFICE, Reach.CITY), (Role.OFFICE, Reach.COUNTY)
CLERK, LEAD = (Role.CLERK, Reach.UNIT), (Role.CLERK, Reach.LEAD)
KEEPERS = (CLERK, COUNTY_OFFICE, OFFICE)  # who enters a project and tells how far it is
PLANNERS = (LEAD, OFFICE)  # plans are the city's


def landed_or_tracked(project: Project) -> str:
    """Where a stalled project goes on: what has landed stays landed."""
    return S.LANDED if project.landed_on else S.TRACKED


FLOW = Flow(
    "projects",
    dict(Status.choices),
    S.TRACKED,
    {
        "report": act(_("填报月度进度"), {S.TRACKED, S.STALLED, S.LANDED}, HOLD, *KEEPERS),
        "reach": act(_("更新环节"), {S.TRACKED, S.STALLED, S.LANDED}, HOLD, *KEEPERS),
        "land": act(_("认定落地"), {S.TRACKED}, S.LANDED, OFFICE),
        "stall": act(_("登记停滞"), {S.TRACKED, S.LANDED}, S.STALLED, *KEEPERS, reason=True),
        "resume": act(_("恢复推进"), {S.STALLED}, landed_or_tracked, *KEEPERS, reason=True),
        "plan": act(_("下达计划"), set(S), HOLD, *PLANNERS),
        "correct": act(_("更正月度数"), set(S), HOLD, *KEEPERS, reason=True),
        "amend": act(_("修改基本情况"), set(S), HOLD, *KEEPERS),
    },
)


# -- codes --------------------------------------------------------------------------------------------------------

PROJECT_CODE = re.compile(r"(\d{4})-(\d{6})-(\d{2})-(\d{2})-(\d{6})")
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, Z, S, V
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGAN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, positions 9 to 17


def project_code_fault(code: str) -> str | None:
    """Why this is not an investment project code (GB/T 40058-2021; 24 characters). None if it may be one.

    Codes before November 2020 begin with the year, later ones with year and month (domain.md 2.4). How the last
    digit is computed is not published, so it is not tested.
    """
    found = PROJECT_CODE.fullmatch(code)
    if not found:
        return _t("项目代码“%(code)s”格式不对，应为24位，如 2018-131102-47-03-000123。") % {"code": code}
    head = found.group(1)
    old_form = head.startswith("20") and 2013 <= int(head) <= 2020
    if not old_form and not 1 <= int(head[2:]) <= 12:
        return _t("项目代码“%(code)s”的前四位既不是年份，也不是年月。") % {"code": code}
    return None


def owner_code_check(first: str) -> str:
    """The 18th character of a unified social credit code for its first 17 (GB 32100-2015)."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(first, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organ_check(first: str) -> str:
    """The check character of an organisation code for its first 8 characters (GB 11714)."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(first, ORGAN_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def owner_code_fault(code: str) -> str | None:
    """Why this is not a unified social credit code; characters 1 and 2 may be letters (A 军委, N 农业, Y 其他)."""
    facts = {"code": code}
    if len(code) != 18:
        return _t("统一社会信用代码“%(code)s”应为18位，现在是 %(n)s 位。") % {**facts, "n": len(code)}
    if strange := next((sign for sign in code if sign not in ALPHABET), ""):
        facts["sign"] = strange
        return _t("统一社会信用代码“%(code)s”里不应有“%(sign)s”（不用字母 I、O、Z、S、V）。") % facts
    if not code[2:8].isdigit():
        return _t("统一社会信用代码“%(code)s”的第3至8位应是行政区划代码。") % facts
    if owner_code_check(code[:17]) != code[17]:
        return _t("统一社会信用代码“%(code)s”的校验位不符，请核对有没有抄错。") % facts
    if organ_check(code[8:16]) != code[16]:
        return _t("统一社会信用代码“%(code)s”第9至17位的组织机构代码校验不符，请核对。") % facts
    return None


# -- months -------------------------------------------------------------------------------------------------------


def first_of(day: date) -> date:
    """The first day of the month, by which a month is written."""
    return day.replace(day=1)


def year_to_date(months: Mapping[date, Decimal], month_on: date) -> Decimal:
    """What is completed in the year up to and including this month."""
    return sum((v for m, v in months.items() if m.year == month_on.year and m <= month_on), Decimal(0))


def month_refusal(
    project: Project, months: Mapping[date, Decimal], month_on: date, amount: Decimal, day: date
) -> str | None:
    """Why this month cannot be recorded: told already, in the future, a month left out, no plan, or it would fall."""
    facts = {"month": f"{month_on:%Y-%m}"}
    if month_on > first_of(day):
        return _t("%(month)s 还没有到，不能填报。") % facts
    if project.year != month_on.year:
        return _t("%(name)s还没有 %(year)s 年的计划，请先下达计划再填报。") % {"name": project, "year": month_on.year}
    if month_on in months:
        return _t("%(month)s 已经填报过（%(amount)s 万元）；要改，请办“更正月度数”，写明理由。") % {
            **facts, "amount": plain(months[month_on]),
        }  # fmt: skip
    last = max((m for m in months if m.year == month_on.year), default=None)
    if last and month_on < last:
        return _t("已经填到 %(last)s，不能倒回去填 %(month)s。") % {**facts, "last": f"{last:%Y-%m}"}
    if last and (month_on.month - last.month) > 1:
        missing = date(last.year, last.month + 1, 1)
        return _t("%(missing)s 还没有填报，不能先填 %(month)s；当月没有完成请填 0。") % {
            **facts, "missing": f"{missing:%Y-%m}",
        }  # fmt: skip
    if amount < 0:
        return _t("本月完成 %(amount)s 万元会使累计下降；以前月份多报的，请办“更正月度数”，写明理由。") % {
            "amount": plain(amount)
        }
    return None


def pace(month_on: date) -> Decimal:
    """序时进度: the share of the year, in percent, that has gone by at the end of this month; one decimal."""
    return rounded(Decimal(month_on.month) * 100 / 12, 1)


def completion(project: Project) -> Decimal | None:
    """What is completed of the year's plan, in percent; None without a plan."""
    return project.year_amount * 100 / project.plan_amount if project.plan_amount else None


def behind_pace(project: Project) -> bool:
    """Whether less of the year's plan is completed than the share of the year that the told months cover.

    Preliminary projects have no pace: they need not be built this year.
    """
    if not project.plan_amount or not project.month_on or project.list_kind not in BUILDING:
        return False
    return project.year_amount * 12 < project.plan_amount * project.month_on.month


def money_warnings(project: Project, done: Decimal, started: bool) -> list[str]:
    """What is odd but allowed (domain.md 4.4): X-12 more than the total + 10 %, X-14 money before the start."""
    found = []
    if done > project.total_amount * Decimal("1.1"):
        found.append(_t("自开工累计 %(done)s 万元超过总投资 %(total)s 万元的 110%%，请核对。") % {
            "done": plain(done), "total": plain(project.total_amount),
        })  # fmt: skip
    if done > 0 and not started:
        found.append(_t("还没有开工却已有完成投资；只有前期费用才是这样，请核对。"))
    return found


def plain(amount: Decimal) -> str:
    """An amount as people write it: grouped, without needless zeros."""
    return grouped(amount.normalize() if amount != amount.to_integral_value() else amount.quantize(Decimal(1)))


def total_fault(stated: Decimal, parts: Sequence[Decimal]) -> Decimal | None:
    """By how much a sub-total differs from the sum of its rows; None if it is the sum (± half of the last place)."""
    gap = stated - sum(parts, Decimal(0))
    return None if abs(gap) < Decimal("0.005") else gap


# -- plans and milestones -----------------------------------------------------------------------------------------


def plan_refusal(project: Project, year: int, amount: Decimal, standing: PlanVersion | None, reason: str) -> str | None:
    """Why this plan cannot be issued."""
    if standing and not reason.strip():
        return _t("%(year)s 年的计划已经下达过，调整要写明理由。") % {"year": year}
    if project.year and year < project.year:
        return _t("已经有 %(year)s 年的计划，不能再下达更早年度的。") % {"year": project.year}
    if amount < 0:
        return _t("年度计划投资不能是负数。")
    if amount > project.total_amount:
        return _t("年度计划 %(amount)s 万元大于总投资 %(total)s 万元，请核对单位是不是万元。") % {
            "amount": plain(amount), "total": plain(project.total_amount),
        }  # fmt: skip
    return None


def reach_refusal(
    milestone: Milestone | None, reached_on: date | None, day: date, reason: str, exempt: bool = False, note: str = ""
) -> str | None:
    """Why a milestone cannot be noted as reached on that day, or as one the project is exempt from."""
    if exempt and (reached_on or not note.strip()):
        return _t("免办的环节没有完成日期，并且要说明为什么免办。")
    if reached_on and reached_on > day:
        return _t("完成日期 %(day)s 还没有到。") % {"day": reached_on}
    if milestone and milestone.reached_on and milestone.reached_on != reached_on and not reason.strip():
        return _t("%(step)s已于 %(day)s 完成，要改请写明理由。") % {
            "step": milestone.get_kind_display(), "day": milestone.reached_on,
        }  # fmt: skip
    return None


def new_steps(project: Project, wanted: Mapping[str, tuple[date | None, date | None]], day: date) -> list[Milestone]:
    """All steps of the way, unsaved, with the days that are known (planned, reached). Refused for a day to come."""
    made = []
    for kind, seq in STEP_ORDER.items():
        planned_on, reached_on = wanted.get(kind, (None, None))
        if why := reach_refusal(None, reached_on, day, ""):
            raise Refused(why)
        made.append(Milestone(project=project, kind=kind, seq=seq, planned_on=planned_on, reached_on=reached_on))
    return made


def first_plan(project: Project, fields: Mapping[str, Any], actor: Person, day: date) -> PlanVersion:
    """The first plan of a new project, unsaved. Refused where it cannot be issued."""
    fields = {"decided_on": day, **fields}
    if why := plan_refusal(Project(total_amount=project.total_amount), fields["year"], fields["plan_amount"], None, ""):
        raise Refused(f"{project}：{why}")
    return PlanVersion(
        project=project, year=fields["year"], edition=1, list_kind=fields["list_kind"], amount=fields["plan_amount"],
        due_on=fields.get("due_on"), decided_on=fields["decided_on"], decided_by=actor,
    )  # fmt: skip


def start_warning(done: Iterable[str]) -> str | None:
    """X-13: a started project needs its permit, or that it needs none must be on record."""
    known = set(done)
    if MilestoneKind.STARTED in known and MilestoneKind.PERMIT not in known:
        return _t("已开工，但施工许可没有完成日期，也没有登记免办；请补上。")
    return None


def landing_refusal(done: Iterable[str], wanted: Iterable[str]) -> str | None:
    """Why a project has not landed: the steps of the pack's definition that are not done; `done` counts exempt ones."""
    known = set(done)
    lacking = [str(MilestoneKind(code).label) for code in wanted if code not in known]
    if not lacking:
        return None
    return _t("还不能认定落地，这些环节没有完成：%(steps)s。") % {"steps": _t("、").join(lacking)}
