"""Deadlines and lights of a standard, and what is wrong with a pack, in words. Values in; value or sentence out."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any, Literal

import yaml
from django.utils.translation import gettext as _
from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from luodi.campaigns.models import DeadlineUnit
from luodi.kit.refusal import Refused
from luodi.workdays import rules as workdays

Light = Literal["none", "blue", "yellow", "red"]

# What a document template may use besides Jinja2's own words; the documents module provides them.
TEMPLATE_NAMES = frozenset(
    {"fig", "num", "val", "table", "grid", "campaign", "place_name", "as_of", "since", "population"}
)
TEMPLATE_FILTERS = frozenset({"cn"})


def deadline(start: date, days: int, unit: str, *, add: Callable[[date, int], date | None] = workdays.add) -> date:
    """The day a task must be done by when it is given on `start`; `start` itself does not count.

    Permits count working days, petitions calendar days (许可法 art. 82, 信访工作条例; domain.md 0.3).
    Refused where the holidays of a year in between are not announced yet. For many rows pass
    `add=workdays.calendar().add`.
    """
    if unit == DeadlineUnit.CALENDAR_DAY:
        return start + timedelta(days=days)
    due_on = add(start, days)
    if due_on is None:
        raise Refused(
            _("%(start)s 起 %(days)d 个工作日的到期日算不出来：有年份的节假日安排尚未公布，请直接填写到期日期。")
            % {"start": start.isoformat(), "days": days}
        )
    return due_on


def light(
    due_on: date | None,
    today: date,
    closed: bool,
    *,
    blue: int = 3,
    yellow: int = 0,
    count: Callable[[date, date], int | None] = workdays.count,
) -> Light:
    """The early-warning light of a task: red when overdue, yellow and blue as the deadline comes near (domain.md 8).

    `blue` and `yellow` are working days left after today, from the pack's settings. With yellow = 0 the light turns
    yellow on the last working day up to the deadline. Where holidays are unknown calendar days count instead,
    which never warns too early. For many rows pass `count=workdays.calendar().count`.
    """
    if closed or due_on is None:
        return "none"
    if today > due_on:
        return "red"
    left = count(today, due_on)
    if left is None:
        left = (due_on - today).days
    if left <= yellow:
        return "yellow"
    return "blue" if left <= blue else "none"


# ── what is wrong with a pack ──


def twice(codes: Iterable[str]) -> str | None:
    """A sentence about the first code that stands twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return _("代码「%(code)s」出现了两次，请改成不同的代码") % {"code": code}
        seen.add(code)
    return None


def template_error(text: str) -> str | None:
    """What is wrong with a document template: its syntax, or a name or filter a document does not know."""
    environment = SandboxedEnvironment()
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as wrong:
        return _("正文第 %(line)d 行的模板语法有误（%(why)s），请检查大括号是否成对") % {
            "line": wrong.lineno, "why": wrong.message or "",
        }  # fmt: skip
    for used in tree.find_all(nodes.Filter):
        if used.name not in TEMPLATE_FILTERS and used.name not in environment.filters:
            return _("正文第 %(line)d 行用了不认识的过滤器「%(name)s」，请改正拼写") % {
                "line": used.lineno, "name": used.name,
            }  # fmt: skip
    environment.filters |= dict.fromkeys(TEMPLATE_FILTERS, str)  # or reading the names would fail on ours
    strange = sorted(meta.find_undeclared_variables(tree) - TEMPLATE_NAMES - set(environment.globals))
    if strange:
        return _("正文用了不认识的名称「%(name)s」，可用的有：%(known)s") % {
            "name": strange[0], "known": "、".join(sorted(TEMPLATE_NAMES)),
        }  # fmt: skip
    return None


def figure_codes(text: str) -> set[str]:
    """The indicator codes a document template asks for by `fig`, `num`, `val` or (several at once) `table`."""
    return {
        code
        for call in SandboxedEnvironment().parse(text).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in {"fig", "num", "val", "table"}
        and call.args
        and isinstance(call.args[0], nodes.Const)
        for code in str(call.args[0].value).split()
    }


class Misread(yaml.YAMLError):
    """Something plain YAML would pass over, as a whole sentence."""

    def __init__(self, sentence: str, mark: yaml.Mark) -> None:
        super().__init__(sentence)
        self.problem_mark = mark


class StrictLoader(yaml.SafeLoader):
    """YAML that refuses what plain YAML passes over: a key written twice, a day that does not exist."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if str(key.value) in seen:
                raise Misread(_("「%(key)s」写了两次，请删去一个") % {"key": key.value}, key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> date:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            why = _("没有「%(day)s」这一天，请改正日期") % {"day": node.value}
            raise Misread(why, node.start_mark) from None


StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", StrictLoader.construct_yaml_timestamp)


def broken_yaml(file: str, wrong: yaml.YAMLError, above: int = 0) -> str:
    """A sentence for YAML that cannot be read; `above` lines of the file stand before the YAML."""
    mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    place = _(" 第 %(line)d 行") % {"line": mark.line + 1 + above} if mark else ""
    if isinstance(wrong, Misread):
        return f"{file}{place}：{wrong}"
    why = getattr(wrong, "problem", None) or str(wrong)
    return file + place + _("：YAML 写法有误（%(why)s），请检查缩进、引号和冒号后的空格") % {"why": why}


def place_of(node: Node | None, path: tuple[int | str, ...], above: int = 0) -> str:
    """Where `path` is in a YAML document: line number and the way to it, in words."""
    words: list[str] = []
    line = node.start_mark.line if node else None
    for step in path:
        found = _step(node, step)
        if found is None:
            words.append(str(step))
            node = None
            continue
        key, node = found
        line = key.start_mark.line
        words.append(str(step) if isinstance(step, str) else _("第 %(n)d 项") % {"n": step + 1} + _named(node))
    place = _(" 第 %(line)d 行") % {"line": line + 1 + above} if line is not None else ""
    return f"{place}（{' → '.join(words)}）" if words else place


def _step(node: Node | None, step: int | str) -> tuple[Node, Node] | None:
    """The node that marks the line of `step`, and the node below it."""
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    return None


def _named(node: Node) -> str:
    """«「环评」» for a list item that has a name, a title or a code."""
    if isinstance(node, MappingNode):
        facts = {key.value: value.value for key, value in node.value if isinstance(value, ScalarNode)}
        name = facts.get("name") or facts.get("title") or facts.get("code") or facts.get("suffix")
        return f"「{name}」" if name else ""
    return ""


def remedy(error: Any, known: Iterable[str] = ()) -> str:
    """What to do about one pydantic error. `known` = the keys that exist, to guess a misspelt one."""
    kind, field = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    context = error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "missing" or (error["input"] is None and kind != "extra_forbidden"):
        return _("缺少「%(field)s」或没有填写，请补上") % {"field": field}
    if kind == "extra_forbidden":
        near = get_close_matches(field, list(known), n=1)
        hint = _("，是不是想写「%(near)s」？") % {"near": near[0]} if near else _("，请删去或改正拼写")
        return _("不认识的字段「%(field)s」") % {"field": field} + hint
    if kind == "string_type":
        return _("「%(value)s」应为文字，请给它加上引号") % {"value": error["input"]}
    if kind == "literal_error":
        return _("「%(value)s」不在可选值内，只能是：%(known)s") % {
            "value": error["input"], "known": context["expected"].replace(" or ", ", ").replace(", ", "、"),
        }  # fmt: skip
    return _sentence(kind, {"value": error["input"], **context})


def _sentence(kind: str, facts: dict[str, Any]) -> str:
    """The sentence for a kind of pydantic error: the first whose key the kind begins with."""
    sentences = {
        "date": _("「%(value)s」不是日期，请写成 2020-04-28 的样子"),
        "int": _("「%(value)s」不是整数，请填整数"),
        "float": _("「%(value)s」不是数字，请填数字"),
        "bool": _("「%(value)s」应为 true 或 false"),
        "greater_than": _("「%(value)s」太小，请核对"),
        "less_than": _("「%(value)s」太大，请核对"),
        "too_short": _("不能为空，至少要有一项"),
        "string_too_short": _("不能为空，请填写"),
        "string_too_long": _("太长了，最多 %(max_length)s 个字"),
        "string_pattern_mismatch": _("「%(value)s」格式不对，应符合 %(pattern)s"),
        "model_type": _("这里应是若干行“键: 值”"),
        "list_type": _("这里应是一个列表，每项以“- ”开头"),
        "": _("「%(value)s」不合要求，请对照 docs/packs.md 改正"),
    }
    return next(words for start, words in sentences.items() if kind.startswith(start)) % facts
