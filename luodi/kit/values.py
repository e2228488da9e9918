"""What people type into cells, as clean values; and clean values as people read them.

Pure functions. A blank is always ``None``: blank, zero and declared zero are three different things.
What cannot be read is refused with a sentence that names the value and the remedy; nothing is guessed.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.utils.translation import gettext as _

from luodi.kit.refusal import Refused

EARLIEST, LATEST = date(1949, 10, 1), date(2099, 12, 31)
EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 system, for every day after 28 February 1900
EXCEL_SERIALS = range(18_000, 73_051)  # 1949 to 2099: other numbers in a date cell are not dates
MOST_DIGITS = 15  # a spreadsheet keeps no more, so longer numbers have already lost their end

#: how many 万元 one of the unit is
MONEY_UNITS = {
    "元": Decimal("0.0001"), "千元": Decimal("0.1"), "万元": Decimal(1), "万": Decimal(1),
    "亿元": Decimal(10_000), "亿": Decimal(10_000),
}  # fmt: skip
YES = frozenset({"是", "有", "对", "√", "✓", "✔", "☑", "1", "y", "yes", "true"})
NO = frozenset({"否", "无", "没有", "不是", "错", "×", "✗", "✘", "✕", "☒", "x", "0", "n", "no", "false"})

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x2212: "-"}
_NARROW_LETTERS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()}
_DROPPED = frozenset({"Cc", "Cf", "Cs"})  # control, invisible format (zero-width, direction), broken surrogates
_TIME = re.compile(r"(?<=\d|日|号)[T\s]+\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?$")
_YMD = re.compile(r"([0-9]{4})[./\-年]([0-9]{1,2})[./\-月]([0-9]{1,2})[日号]?")
_YYYYMMDD = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0)?")
_NO_YEAR = re.compile(r"[0-9]{1,2}[./\-月][0-9]{1,2}[日号]?")
_NO_DAY = re.compile(r"[0-9]{4}[./\-年][0-9]{1,2}月?")
_SHORT_YEAR = re.compile(r"[0-9]{2}[./\-年][0-9]{1,2}[./\-月][0-9]{1,2}[日号]?")
_NUMBER = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")


def clean_text(value: object) -> str:
    """The text of a cell: trimmed, without invisible characters, with half-width digits and letters.

    Chinese punctuation and brackets stay as typed. A whole float prints without ``.0`` because a spreadsheet
    knows only floats; line breaks become ``\\n``, tabs and no-break spaces become spaces.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        whole_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if whole_day else value.isoformat(" ", "seconds")
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\xa0", " ")
    text = text.translate(_NARROW_LETTERS)
    if not text.isprintable():
        text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _DROPPED)
    return text.strip()


def clean_code(value: object) -> str:
    """A code or number of a file (项目代码, 统一社会信用代码): narrow, upper case, without any white space."""
    return re.sub(r"\s+", "", clean_text(value).translate(_NARROW)).upper()


def to_date(value: object) -> date | None:
    """The day meant by a cell; ``None`` when blank.

    Reads real dates, ``2020.5.3``, ``2020-05-03``, ``2020/5/3``, ``2020年5月3日``, ``20200503``, full-width digits, a
    time after the day (dropped), and Excel serial numbers between 1949 and 2099.
    """
    if isinstance(value, datetime):
        return _sane(value.date(), value)
    if isinstance(value, date):
        return _sane(value, value)
    if _is_serial(value):
        return EXCEL_EPOCH + timedelta(days=int(value))  # type: ignore[call-overload]
    typed = clean_text(value)
    text = re.sub(r"\s+", "", _TIME.sub("", typed.translate(_NARROW)))
    if not text:
        return None
    found = _YMD.fullmatch(text) or _YYYYMMDD.fullmatch(text)
    if not found:
        raise Refused(_why_no_date(text) % {"value": _short(typed)})
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Refused(_("「%(value)s」不是真实存在的日期，请核对月、日。") % {"value": _short(typed)}) from None
    return _sane(day, typed)


def to_integer(value: object) -> int | None:
    """The whole number in a cell; ``None`` when blank.

    ``３``, ``1,610`` and ``3.0`` are read; ``约70`` and ``3.5`` are refused.
    """
    number = to_decimal(value)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Refused(_("「%(value)s」不是整数，请填整数。") % {"value": _short(clean_text(value))})
    return int(number)


def to_decimal(value: object) -> Decimal | None:
    """The number in a cell, exactly; ``None`` when blank. Floats count with the 15 digits a spreadsheet shows."""
    if isinstance(value, bool):
        raise Refused(_("「%(value)s」不是数字，请填数字。") % {"value": clean_text(value)})
    typed = clean_text(value)
    text = re.sub(r"\s+", "", typed.translate(_NARROW))
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Refused(_why_no_number(text) % {"value": _short(typed)})
    number = Decimal(text.replace(",", ""))
    if len(number.as_tuple().digits) > MOST_DIGITS or abs(number) >= Decimal(10) ** MOST_DIGITS:
        raise Refused(_("「%(value)s」位数太多（最多 15 位），请核对是否多填了数字。") % {"value": _short(typed)})
    return number + 0  # turns -0 into 0


def to_amount(value: object, default_unit: str = "万元") -> Decimal | None:
    """An amount of money in 万元; ``None`` when blank. A unit typed in the cell wins over that of the header.

    ``default_unit`` is 元, 千元, 万元 or 亿元 (a programmer's ``KeyError`` otherwise).
    """
    factor = MONEY_UNITS[default_unit]
    if isinstance(value, str):
        text = re.sub(r"\s+", "", clean_text(value).translate(_NARROW))
        text = re.sub(r"^(人民币|[¥￥])", "", text)
        unit = next((unit for unit in sorted(MONEY_UNITS, key=len, reverse=True) if text.endswith(unit)), "")
        if unit and text != unit:
            factor, value = MONEY_UNITS[unit], text.removesuffix(unit)
        elif text:
            value = text
    number = to_decimal(value)
    return None if number is None else _tidy(number * factor)


def to_flag(value: object) -> bool | None:
    """是/否, 有/无, √/×, 1/0 as a truth value; ``None`` when blank."""
    if isinstance(value, bool):
        return value
    text = clean_text(value).translate(_NARROW).strip().lower()
    if not text:
        return None
    if text in YES:
        return True
    if text in NO:
        return False
    raise Refused(_("「%(value)s」看不出是或否，请填“是”或“否”。") % {"value": _short(clean_text(value))})


def rounded(value: Decimal | int, places: int) -> Decimal:
    """``value`` with ``places`` decimals, halves away from zero (the rule of the cross-checks, domain §4.4)."""
    with localcontext() as context:
        context.prec = 60
        return _exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def grouped(value: Decimal | int) -> str:
    """``1610`` as ``1,610``; decimals stay as they are."""
    return f"{_exact(value):,f}"


def yi(amount: Decimal | int, places: int = 1) -> str:
    """An amount in 万元 as a number of 亿元: ``Decimal(2559000)`` as ``255.9``."""
    return grouped(rounded(_exact(amount) / 10_000, places))


def money(amount: Decimal | int | None, unit: str = "亿元", places: int | None = None) -> str:
    """An amount in 万元 with its unit, «255.9 亿元» or «1,610 万元»; «—» when unknown."""
    if amount is None:
        return "—"
    if places is None:
        places = 1 if unit == "亿元" else 0 if _exact(amount) == int(amount) else 2
    return f"{grouped(rounded(_exact(amount) / MONEY_UNITS[unit], places))} {unit}"


def percent(numerator: Decimal | int | None, denominator: Decimal | int | None, places: int = 1) -> str:
    """``68`` of ``74`` as «91.9%»; «—» when the denominator is empty, never 0 or 100 %."""
    if numerator is None or not denominator:
        return "—"
    with localcontext() as context:
        context.prec = 60
        return f"{rounded(_exact(numerator) * 100 / _exact(denominator), places):f}%"


def _exact(value: Decimal | int) -> Decimal:
    """A float has already lost what money needs: that is the caller's error, not the user's."""
    if isinstance(value, float):
        raise TypeError("figures are Decimal or int, never float")
    return Decimal(value)


def _plain(value: float) -> str:
    """A float the way a spreadsheet shows it: 15 significant digits, no exponent, no trailing zeros."""
    if value != value or abs(value) == float("inf"):
        return str(value)
    return f"{_tidy(Decimal(format(value, '.15g'))):f}"


def _tidy(number: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    whole = number == number.to_integral_value()
    return number.quantize(Decimal(1)) + 0 if whole and abs(number) < Decimal(10) ** 25 else number.normalize()


def _is_serial(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and EXCEL_SERIALS.start <= value < EXCEL_SERIALS.stop  # type: ignore[operator]


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


def _sane(day: date, typed: object) -> date:
    if EARLIEST <= day <= LATEST:
        return day
    raise Refused(_("日期「%(value)s」的年份不在 1949 至 2099 年之间，请核对。") % {"value": _short(clean_text(typed))})


def _why_no_date(text: str) -> str:
    if _SHORT_YEAR.fullmatch(text):
        return _("日期「%(value)s」的年份只有两位，请写四位年份，如 2020-05-03。")
    if _NO_DAY.fullmatch(text):
        return _("日期「%(value)s」缺日，请写到日，如 2020-05-03。")
    if _NO_YEAR.fullmatch(text):
        return _("日期「%(value)s」缺年份，请写全年月日，如 2020-05-03。")
    return _("「%(value)s」不是日期，请写成 2020-05-03 这样的年月日。")


def _why_no_number(text: str) -> str:
    if text.startswith(("约", "近", "大约", "余")) or text.endswith(("余", "多", "左右")):
        return _("「%(value)s」是约数，请填准确数字。")
    if text in {"-", "—", "——", "/", "无", "没有"}:
        return _("「%(value)s」不是数字：没有数据请留空，确实是零请填 0。")
    return _("「%(value)s」不是数字，请只填数字，不带单位和文字。")
