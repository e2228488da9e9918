"""The parts every JSON operation shares: its refusals, reading a body, and describing a form in OpenAPI."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from ninja import Schema

MOST_PK = 2**63 - 1  # what a database's big integer holds


class Message(Schema):
    """A refusal: one sentence for a person."""

    message: str


class Errors(Schema):
    """What is wrong with what was sent: field → sentences; «__all__» is about the whole."""

    errors: dict[str, list[str]]


# What any operation may answer instead of what was asked. The same sentences as on the pages.
REFUSALS: dict[int, Any] = {401: Message, 403: Message, 422: Errors}
REFUSALS_ONE: dict[int, Any] = {**REFUSALS, 404: Message}
REFUSALS_ACT: dict[int, Any] = {**REFUSALS_ONE, 409: Message}


class Invalid(Exception):
    """What was sent is not usable: 422 with `errors`."""

    def __init__(self, errors: Mapping[str, Iterable[str]]) -> None:
        self.errors = {name: [str(words) for words in listed] for name, listed in errors.items()}
        super().__init__(str(self.errors))


def invalid(form: forms.BaseForm) -> Invalid:
    """The errors of a form, as they stand under its fields on the page."""
    return Invalid({name: [str(words) for words in listed] for name, listed in form.errors.items()})


def read_body(request: HttpRequest) -> dict[str, str]:
    """The JSON object in the body, of plain values, as a form takes them: null and missing are the same."""
    try:
        found = json.loads(request.body.decode() or "{}", parse_constant=_no_constant)
    except (ValueError, RecursionError, UnreadablePostError):
        raise Invalid({"__all__": [_("请求体不是 JSON。")]}) from None
    if not isinstance(found, dict):
        raise Invalid({"__all__": [_("请求体应是一个 JSON 对象。")]})
    texts = {_storable(name): _text(value) for name, value in found.items() if value is not None}
    if wrong := [name for name, text in texts.items() if text is None]:
        raise Invalid({name: [_("请填一个值：文字、数字、true 或 false。")] for name in wrong})
    return {name: text for name, text in texts.items() if text is not None}


def read_query(request: HttpRequest) -> dict[str, str]:
    """The parameters of the address, the last value of each, as a form takes them."""
    return {name: _storable(str(value)) for name, value in request.GET.items() if value}


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _text(value: Any) -> str | None:
    """A plain value as a form would send it; None for lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _storable(str(value)) if isinstance(value, str | int | float) else None


def _storable(text: str) -> str:
    """Text a database takes; refused are NUL and half a surrogate pair, which JSON can smuggle in."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid({"__all__": [_("含有不能使用的字符。")]})
    return text


# -- describing forms ---------------------------------------------------------------------------------------------


def _kind(field: forms.Field) -> dict[str, Any]:
    """The JSON schema of one form field. Choices are told in the reply of a GET: they depend on the person."""
    if isinstance(field, forms.BooleanField) or getattr(field, "is_flag", False):
        return {"type": "boolean"}
    if isinstance(field, forms.IntegerField | forms.ModelChoiceField):
        return {"type": "integer"}
    if isinstance(field, forms.DateField) or isinstance(field.widget, forms.DateInput):
        return {"type": "string", "format": "date"}
    longest = getattr(field, "max_length", None) or getattr(field, "longest", None)
    return {"type": "string", **({"maxLength": longest} if longest else {})}


def _described(field: forms.Field) -> dict[str, Any]:
    return {**_kind(field), "description": str(field.label or "")}


def body(form: type[forms.Form], extra: Mapping[str, Any] | None = None, open_ended: str = "") -> dict[str, Any]:
    """`openapi_extra` of an operation that takes this form; `open_ended` says what other names mean."""
    fields = {name: _described(field) for name, field in form.base_fields.items()}
    needed = [name for name, field in form.base_fields.items() if field.required and field.initial is None]
    schema: dict[str, Any] = {"type": "object", "properties": {**fields, **(extra or {})}, "required": needed}
    if open_ended:
        schema |= {"additionalProperties": {"type": "string"}, "description": open_ended}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def parameters(form: type[forms.Form], extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`openapi_extra` of an operation whose address is read by this form."""
    listed = {name: _described(field) for name, field in form.base_fields.items()} | dict(extra or {})
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in listed.items()
        ]
    }
