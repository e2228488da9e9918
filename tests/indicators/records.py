"""A city of two counties and a few ways to put dated rows on the ledger, for tests of indicators."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from luodi.campaigns.models import Campaign, Category, PackVersion, Standard
from luodi.indicators.rules import Frame
from luodi.orgs.models import Person, Post, Role, Unit, UnitKind
from luodi.problems.models import (
    Assignment,
    Closure,
    DossierItem,
    Problem,
    Rectification,
    Return,
    Signature,
    Verdict,
    Verification,
)

NOON = datetime(2020, 7, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
ANPING, RAOYANG = "131125", "131124"


def day(text: str) -> date:
    """«7-10» → 10 July 2020."""
    month, number = text.split("-")
    return date(2020, int(month), int(number))


class City:
    """衡水 with 安平 and 饶阳, one department each, the campaign, its categories; and 石家庄 next door."""

    def __init__(self) -> None:
        self.city = self._unit("1311", "衡水市", UnitKind.CITY, 1)
        self.neighbour = self._unit("1301", "石家庄市", UnitKind.CITY, 2)
        self.bureau = self._unit("1311-spj", "市审批局", UnitKind.CITY_DEPT, 3, self.city)
        self.anping = self._unit(ANPING, "安平县", UnitKind.COUNTY, 4, self.city)
        self.raoyang = self._unit(RAOYANG, "饶阳县", UnitKind.COUNTY, 5, self.city)
        self.offices = {
            unit.code: self._unit(f"{unit.code}-fgj", f"{unit.name}发改局", UnitKind.COUNTY_DEPT, 10 + n, unit)
            for n, unit in enumerate((self.anping, self.raoyang))
        }
        self.campaign = Campaign.objects.create(
            code="look-back-2020", name="回头看", city=self.city, base_year=2020, new_year=2020, is_current=True,
            base_label="2020年清理", new_label="2020年新发现", base_prefix="2020", new_prefix="N2020",
            screening_from=date(2018, 1, 1), starts_on=date(2020, 4, 28), ends_on=date(2020, 9, 1), pack="p",
        )  # fmt: skip
        self.pack = PackVersion.objects.create(pack="p", version=1, sm3="0" * 64, content={}, loaded_at=NOON)
        self.standards = {
            code: self._standard(code, group, name, seq)
            for seq, (code, group, name) in enumerate([("approval.eia", "审批", "环评"), ("land", "用地", "用地")])
        }
        self.clerk = self._person("clerk", "王小丽", self.anping, Role.CLERK)
        self.office = self._person("office", "李文静", self.city, Role.OFFICE)
        self.inspector = self._person("inspector", "赵核", self.city, Role.INSPECTOR)
        self.frame = Frame(self.campaign.pk, "1311", date(2020, 8, 31))

    @staticmethod
    def _unit(code: str, name: str, kind: str, order: int, parent: Unit | None = None) -> Unit:
        place = code.split("-")[0]
        return Unit.objects.create(
            code=code, name=name, short_name=name, kind=kind, sort_key=order, parent=parent,
            city_code=place[:4], county_code=place if len(place) == 6 else "",
        )  # fmt: skip

    def _standard(self, code: str, group: str, name: str, seq: int) -> Standard:
        category = Category.objects.create(campaign=self.campaign, code=code, name=name, group_name=group, seq=seq)
        return Standard.objects.create(
            category=category, pack_version=self.pack, text="办结", source="方案", clause="一", deadline_days=10,
            deadline_unit="working_day",
        )  # fmt: skip

    @staticmethod
    def _person(username: str, name: str, unit: Unit, role: str) -> Person:
        person = Person.objects.create(username=username, name=name)
        Post.objects.create(person=person, unit=unit, role=role, starts_on=date(2020, 1, 1))
        return person

    def problem(self, found: str = "6-1", county: str = ANPING, **facts: Any) -> Problem:
        """One problem of a county (or of the city's bureau, with county="")."""
        standard = self.standards[facts.pop("category", "approval.eia")]
        number = Problem.objects.count() + 1
        given: dict[str, Any] = {
            "batch": "base", "source": "self_check", "title": f"问题{number}",
            "unit": self.offices[county] if county else self.bureau,
        } | facts  # fmt: skip
        return Problem.objects.create(
            campaign=self.campaign, code=f"2020-{number:04}", serial=number, city_code="1311", county_code=county,
            standard=standard, category=standard.category, found_on=day(found), found_month="2020-06",
            registered_on=day(found), **given,
        )  # fmt: skip

    def assign(self, problem: Problem, on: str, due: str, ended: str = "") -> Assignment:
        return Assignment.objects.create(
            problem=problem,
            unit=problem.unit,
            assigned_on=day(on),
            due_on=day(due),
            ended_on=day(ended) if ended else None,
        )

    def rectify(self, problem: Problem, on: str, voided: str = "") -> Rectification:
        signed = Signature.objects.create(problem=problem, content_sm3="0" * 64, signer=self.clerk, signed_at=NOON)
        return Rectification.objects.create(
            problem=problem, rectified_on=day(on), voided_on=day(voided) if voided else None, signature=signed,
            handler=self.clerk,
        )  # fmt: skip

    def verify(self, problem: Problem, on: str) -> Verification:
        return Verification.objects.create(
            problem=problem, verified_on=day(on), verifier=self.inspector, handler=self.clerk
        )

    def close(self, problem: Problem, on: str, reopened: str = "") -> Closure:
        """A closure; the status column is left as it is: indicators must not look at it."""
        return Closure.objects.create(
            problem=problem, closed_on=day(on), closed_by=self.office, reopened_on=day(reopened) if reopened else None,
            cause="relapse" if reopened else "",
        )  # fmt: skip

    def send_back(self, problem: Problem, on: str) -> Return:
        return Return.objects.create(
            problem=problem, returned_on=day(on), from_status="reported", reason="缺证", returned_by=self.office
        )

    def line(self, problem: Problem, *verdicts: tuple[str, str, str]) -> DossierItem:
        """A dossier line with verdicts (finding, decided, ended or "")."""
        seq = problem.dossier.count() + 1
        entry = DossierItem.objects.create(problem=problem, title="批复", aspect="rectification", seq=seq)
        for finding, decided, ended in verdicts:
            Verdict.objects.create(
                entry=entry, finding=finding, note="说明", decided_on=day(decided),
                ended_on=day(ended) if ended else None, decided_by=self.inspector,
            )  # fmt: skip
        return entry

    def busy(self) -> None:
        """Some of everything, in both counties and at the city's bureau."""
        for n in range(9):
            county = (ANPING, RAOYANG, "")[n % 3]
            problem = self.problem(
                f"6-{n * 3 + 1}", county, category=("approval.eia", "land")[n % 2], batch=("base", "new")[n % 4 == 3],
                source=("self_check", "tip")[n % 2], is_priority=n % 3 == 0, lead_unit=self.bureau if n % 2 else None,
            )  # fmt: skip
            self.assign(problem, "7-1", f"7-{10 + n}")
            if n < 7:
                self.rectify(problem, f"7-{n + 12}")
            if n < 5:
                self.verify(problem, "7-20")
                self.close(problem, f"7-{20 + n}", f"8-{n + 1}" if n < 2 else "")
            if n % 3 == 1:
                self.send_back(problem, "7-15")
                self.send_back(problem, "7-16")
            self.line(problem, ("match" if n % 2 else "missing", "7-2", ""))


def days_between(first: str, last: str) -> list[date]:
    """Every day from first to last."""
    start = day(first)
    return [start + timedelta(days=n) for n in range((day(last) - start).days + 1)]
