"""The life of a problem: one table of acts, the facts it asks for, what a signature covers, and project codes."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luodi.campaigns.models import Campaign, Standard
from luodi.flow.rules import HOLD, Flow, Words, act
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import Person, Role, Unit, UnitKind
from luodi.orgs.rules import Reach, reaches
from luodi.problems.models import DossierItem, Finding, Problem, Signature, Status

S = Status

# -- facts about the row -------------------------------------------------------------------------------------


def plan_written(problem: Problem) -> str | None:
    """A plan names goal and measures."""
    if not (problem.goal.strip() and problem.measures.strip()):
        return _t("请先写明整改目标和整改措施。")
    return None


def proof_complete(problem: Problem) -> str | None:
    """Every required line of the dossier has a claim and at least one file (账证相符 needs both sides)."""
    for line in _lines_with_files(problem):
        if line["required"] and not line["files"]:
            return _t("“%(line)s”还没有证据，请先上传。") % {"line": line["title"]}
        if line["required"] and not line["claim"].strip():
            return _t("“%(line)s”还没有写台账怎么说。") % {"line": line["title"]}
    return None


def _lines_with_files(problem: Problem) -> list[dict[str, Any]]:
    """Seq, title, claim and requiredness of each line, in order, with the SM3 of each file that stands."""
    wanted = ("seq", "title", "claim", "required", "evidence__removed_on", "evidence__stored__sm3")
    lines: dict[int, dict[str, Any]] = {}
    for seq, title, claim, required, removed_on, sm3_of_file in problem.dossier.order_by("seq").values_list(*wanted):
        line = lines.setdefault(seq, {"seq": seq, "title": title, "claim": claim, "required": required, "files": []})
        if sm3_of_file and removed_on is None:
            line["files"].append(sm3_of_file)
    return [*lines.values()]


def untouched(problem: Problem) -> str | None:
    """Nothing has been done since it was registered."""
    return None if problem.version == 1 else _t("登记之后已经办理过，不能撤销登记；确实不该登记的，请申请作废。")


def result_written(problem: Problem) -> str | None:
    """The result of the rectification is in words."""
    return None if problem.result.strip() else _t("请先写明整改结果。")


def signed(problem: Problem) -> str | None:
    """The unit leader has signed exactly this content (GB practice: change it and the signature is void)."""
    signature = problem.signatures.order_by("-pk").first()
    if signature is None:
        return _t("还没有单位负责人签字。")
    if signature.content_sm3 != content_sm3(problem):
        return _t("签字之后内容有改动，签字已失效，请单位负责人重新签字。")
    return None


def all_lines_agree(problem: Problem) -> str | None:
    """Each line of the dossier stands as 相符, or 不适用 with a reason (账证相符, X-10)."""
    standing = FilteredRelation("verdicts", condition=Q(verdicts__ended_on=None))
    lines = problem.dossier.annotate(standing=standing).order_by("seq").values_list("title", "standing__finding")
    for title, finding in lines:
        if finding is None:
            return _t("“%(line)s”还没有核对。") % {"line": title}
        if finding not in {Finding.MATCH, Finding.NOT_APPLICABLE}:
            return _t("“%(line)s”的核对结论是%(finding)s，不能通过。") % {
                "line": title,
                "finding": Finding(finding).label,
            }
    return None if lines else _t("还没有核对项，不能通过。")


# -- independence ---------------------------------------------------------------------------------------------


def not_the_handler(problem: Problem, actor: Person) -> str | None:
    """Verifier ≠ handler (R-CP-01 in spirit; also a database constraint)."""
    return _t("您是这一件的经办人，核查要由别人来做。") if problem.handler_id == actor.pk else None


def not_the_verifier(problem: Problem, actor: Person) -> str | None:
    """Whoever verified does not also close."""
    last = problem.verifications.filter(ended_on=None).first()
    return _t("您是这一件的核查人，销号要由别人来办。") if last and last.verifier_id == actor.pk else None


def not_from_there(problem: Problem, actor: Person) -> str | None:
    """An inspector does not inspect the home county (R-SM-05)."""
    at_home = any(p.unit.county_code == problem.county_code != "" for p in actor.all_posts)
    return _t("您的岗位在这个县市区，核查要由别处的人来做。") if at_home else None


def check_in_turn(problem: Problem, actor: Person) -> str | None:
    """The county checks its own report; once that is passed on, only people from elsewhere do."""
    return not_from_there(problem, actor) if problem.status == S.SELF_CHECKED else None


OFFICE, COUNTY_OFFICE = (Role.OFFICE, Reach.CITY), (Role.OFFICE, Reach.COUNTY)
CLERK, LEADER, LEAD = (Role.CLERK, Reach.UNIT), (Role.UNIT_LEADER, Reach.UNIT), (Role.CLERK, Reach.LEAD)
INSPECTOR, DISCIPLINE = (Role.INSPECTOR, Reach.CITY), (Role.DISCIPLINE, Reach.CITY)
IN_HAND = {S.CLAIMED, S.PLANNED, S.RECTIFYING, S.RETURNED}
UNDER_CHECK = {S.REPORTED, S.SELF_CHECKED}
IN_WORK = {S.ASSIGNED, *IN_HAND}
COUNTY_CLERK = (Role.CLERK, Reach.COUNTY)
ENDABLE = set(S) - {S.CLOSED, S.MERGED, S.VOIDED}


def back_to_returner(problem: Problem) -> str:
    """What was sent back goes straight to whoever sent it back."""
    return problem.returned_from


FLOW = Flow(
    "problems",
    dict(Status.choices),
    S.REGISTERED,
    {
        "assign": act(_("交办"), {S.REGISTERED}, S.ASSIGNED, OFFICE),
        "decline": act(_("退回交办"), {S.ASSIGNED}, S.REGISTERED, CLERK, reason=True),
        "claim": act(_("认领"), {S.ASSIGNED}, S.CLAIMED, CLERK),
        "file_plan": act(_("报送整改方案"), {S.CLAIMED}, S.PLANNED, CLERK),
        "accept_plan": act(
            _("同意方案"), {S.PLANNED}, S.RECTIFYING, LEAD, OFFICE, needs=[plan_written], independent=[not_the_handler]
        ),
        "send_back_plan": act(_("退回方案"), {S.PLANNED}, S.CLAIMED, LEAD, OFFICE, reason=True),
        "prove": act(_("填报结果和证据"), IN_HAND, HOLD, CLERK),
        "sign": act(
            pgettext_lazy("act", "签字"),
            {S.RECTIFYING, S.RETURNED},
            HOLD,
            LEADER,
            needs=[result_written, proof_complete],
            independent=[not_the_handler],
        ),
        "report": act(
            _("报告整改完成"), {S.RECTIFYING}, S.REPORTED, CLERK, needs=[result_written, proof_complete, signed]
        ),
        "resubmit": act(_("补正后再报"), {S.RETURNED}, back_to_returner, CLERK, needs=[proof_complete, signed]),
        "check": act(
            _("账证核对"),
            UNDER_CHECK,
            HOLD,
            COUNTY_OFFICE,
            INSPECTOR,
            DISCIPLINE,
            independent=[not_the_handler, check_in_turn],
        ),
        "self_check": act(
            _("县级自核通过"), {S.REPORTED}, S.SELF_CHECKED, COUNTY_OFFICE, OFFICE, independent=[not_the_handler]
        ),
        "verify": act(
            _("核查通过"),
            {S.SELF_CHECKED},
            S.VERIFIED,
            INSPECTOR,
            needs=[all_lines_agree],
            independent=[not_the_handler, not_from_there],
        ),
        "close": act(
            _("销号"),
            {S.VERIFIED},
            S.CLOSED,
            OFFICE,
            needs=[all_lines_agree],
            independent=[not_the_handler, not_the_verifier],
        ),
        "send_back": act(
            pgettext_lazy("act", "退回补正"),
            {S.REPORTED, S.SELF_CHECKED, S.VERIFIED},
            S.RETURNED,
            COUNTY_OFFICE,
            INSPECTOR,
            OFFICE,
            independent=[not_the_handler],
            reason=True,
        ),
        "reject": act(
            _("退回重新整改"),
            {S.REPORTED, S.SELF_CHECKED, S.VERIFIED},
            S.RECTIFYING,
            INSPECTOR,
            OFFICE,
            independent=[not_the_handler],
            reason=True,
        ),
        "reopen": act(
            _("重新打开"), {S.CLOSED}, S.RECTIFYING, INSPECTOR, OFFICE, independent=[not_the_handler], reason=True
        ),
        "revise": act(_("修改登记内容"), {S.REGISTERED, S.ASSIGNED}, HOLD, OFFICE, COUNTY_OFFICE, reason=True),
        "undo": act(
            _("撤销登记"),
            {S.REGISTERED},
            S.VOIDED,
            OFFICE,
            COUNTY_OFFICE,
            COUNTY_CLERK,
            CLERK,
            needs=[untouched],
            reason=True,
        ),
        "urge": act(_("催办"), ENDABLE - {S.REGISTERED}, HOLD, OFFICE, COUNTY_OFFICE, LEAD, reason=True),
        "ask_extension": act(_("申请延期"), IN_WORK, HOLD, CLERK, COUNTY_OFFICE, reason=True),
        "ask_merge": act(_("申请并案"), ENDABLE, HOLD, OFFICE, COUNTY_OFFICE, CLERK, reason=True),
        "ask_void": act(_("申请作废"), ENDABLE, HOLD, OFFICE, COUNTY_OFFICE, reason=True),
        "turn_down": act(_("不批准申请"), set(S), HOLD, OFFICE, reason=True, offered=False),
        "extend": act(_("延期"), IN_WORK, HOLD, OFFICE, reason=True, offered=False),
        "merge": act(_("并案"), ENDABLE, S.MERGED, OFFICE, reason=True, offered=False),
        "void": act(_("作废"), ENDABLE, S.VOIDED, OFFICE, reason=True, offered=False),
        "hand_over": act(
            _("移交经办人"),
            IN_HAND | UNDER_CHECK | {S.VERIFIED},
            HOLD,
            OFFICE,
            COUNTY_OFFICE,
            LEADER,
            reason=True,
        ),
    },
)


# -- registration ---------------------------------------------------------------------------------------------


def register_refusal(campaign: Campaign, unit: Unit, actor: Person, day: date) -> str | None:
    """Why the actor cannot enter a problem for this unit: the city's office may, a county's people for theirs."""
    if unit.city_code != campaign.city.city_code:
        return _t("%(unit)s不在%(city)s，不能登记到这个活动。") % {"unit": unit, "city": campaign.city}
    here = Problem(city_code=unit.city_code, county_code=unit.county_code, unit=unit)
    for post in actor.posts_on(day):
        if post.role == Role.OFFICE and (reaches(post, Reach.CITY, here) or reaches(post, Reach.COUNTY, here)):
            return None
        if post.role == Role.CLERK and (reaches(post, Reach.COUNTY, here) or reaches(post, Reach.UNIT, here)):
            return None
    return _t("您的岗位不能为%(unit)s登记问题。") % {"unit": unit}


def code_of(campaign: Campaign, batch: str, serial: int) -> str:
    """2020-0417 for the base batch, N2020-007 for the new one; the prefixes are the pack's."""
    return f"{campaign.prefix(batch)}-{serial:0{4 if batch == 'base' else 3}d}"


def may_be_responsible(unit: Unit) -> bool:
    """A problem is put right by a county, a zone or a department, not by a province or the city itself."""
    return unit.kind in {UnitKind.COUNTY, UnitKind.COUNTY_DEPT, UnitKind.CITY_DEPT}


def new_problem(
    campaign: Campaign, fields: Mapping[str, Any], serial: int, standards: Mapping[int, Standard], day: date
) -> Problem:
    """A problem as it enters the ledger, unsaved: its code, its unit's place, the standard in force on that day."""
    category, unit = fields["category"], fields["unit"]
    if category.pk not in standards:
        raise Refused(_t("类别“%(category)s”没有现行整改标准，不能登记。") % {"category": category})
    standard = standards[category.pk]
    return Problem(
        **fields,
        campaign=campaign,
        code=code_of(campaign, fields["batch"], serial),
        serial=serial,
        city_code=unit.city_code,
        county_code=unit.county_code,
        standard=standard,
        found_month=f"{fields['found_on']:%Y-%m}",
        registered_on=day,
        evidence_need=sum(item.required for item in standard.evidence.all()),
    )


def dossier_of(problem: Problem) -> list[DossierItem]:
    """The lines its standard requires, unsaved."""
    return [
        DossierItem(
            problem=problem,
            evidence_item=item,
            title=item.title,
            aspect=item.aspect,
            required=item.required,
            restricted=item.restricted,
            seq=item.seq,
        )
        for item in problem.standard.evidence.all()
    ]


# -- signature ------------------------------------------------------------------------------------------------


def content_sm3(problem: Problem) -> str:
    """What a signature covers: the report in words, each line's claim, and the SM3 of each file."""
    lines = [[x["seq"], x["title"], x["claim"], sorted(x["files"])] for x in _lines_with_files(problem)]
    words = [problem.code, problem.goal, problem.measures, problem.result]
    return sm3(json.dumps([words, lines], ensure_ascii=False, separators=(",", ":")).encode())


def standing_signature(problem: Problem) -> tuple[Signature | None, bool]:
    """The last signature, and whether it still covers the content."""
    last = problem.signatures.select_related("signer").order_by("-pk").first()
    return last, last is not None and last.content_sm3 == content_sm3(problem)


# -- project codes --------------------------------------------------------------------------------------------

PROJECT_CODE = re.compile(r"(\d{4})-(\d{6})-(\d{2})-(\d{2})-(\d{6})")


def project_code_fault(code: str) -> str | None:
    """Why this is not an investment project code (GB/T 40058-2021; 24 characters). None if it may be one.

    Codes before November 2020 begin with the year, later ones with year and month (domain.md 2.4).
    """
    found = PROJECT_CODE.fullmatch(code)
    if not found:
        return _t("项目代码“%(code)s”格式不对，应为24位，如 2018-131102-47-03-000123。") % {"code": code}
    head = found.group(1)
    old_style = head.startswith("20") and 2013 <= int(head) <= 2020
    if not old_style and not 1 <= int(head[2:]) <= 12:
        return _t("项目代码“%(code)s”的前四位既不是年份，也不是年月。") % {"code": code}
    return None


def project_code_warning(code: str, city_code: str) -> str | None:
    """What is odd but allowed: another region's code. The check digit's rule is not published, so it is not tested."""
    found = PROJECT_CODE.fullmatch(code)
    if found and city_code and not found.group(2).startswith(city_code):
        return _t("项目代码的地区码 %(region)s 不在本市，请核对。") % {"region": found.group(2)}
    return None


def visible_claims(lines: Iterable[DossierItem], roles: set[Any]) -> set[int]:
    """Which dossier lines a person may read in full: restricted ones only by discipline officers."""
    return {line.pk for line in lines if not line.restricted or Role.DISCIPLINE in roles}


# For each status the acts of the main line, the likeliest first. What is not here goes under «更多».
MAIN: dict[str, list[str]] = {
    S.REGISTERED: ["assign"],
    S.ASSIGNED: ["claim", "decline"],
    S.CLAIMED: ["file_plan", "prove"],
    S.PLANNED: ["accept_plan", "send_back_plan"],
    S.RECTIFYING: ["report", "sign", "prove"],
    S.RETURNED: ["resubmit", "sign", "prove"],
    S.REPORTED: ["self_check", "check", "send_back"],
    S.SELF_CHECKED: ["verify", "check", "send_back"],
    S.VERIFIED: ["close", "send_back"],
    S.CLOSED: [],
    S.MERGED: [],
    S.VOIDED: [],
}
# What is to be done, where the act's own name is its result.
DUTIES: Mapping[str, Words] = {
    "accept_plan": _("审整改方案"),
    "report": _("落实整改"),
    "resubmit": _("补正"),
    "self_check": _("自核"),
    "verify": _("核查"),
}
