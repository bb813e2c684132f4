"""The description of the interface after OpenAPI 3.1, made from its routes and the models they declare.

A route says beside itself what it takes and answers (`describe`); paths, parameters, scopes and schemas are
read from the application, so that nothing is described twice.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from apispec import APISpec
from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from web.access.guard import Door, get_declared_access

View = TypeVar("View", bound=Callable[..., Any])
Model = type[BaseModel]

PREFIX = "/api/"
_ABOUT = (
    "供别的系统推送事件和文件、读取指标。令牌由安全管理员在“接口令牌”页签发，每个只用于一个中心，只能做所列权限的事，"
    "到期失效。数一律写成文字，分毫不差；不知道的是 null，并写明缺什么，不会是 0。"
)
_PATH_PARAMETERS: Mapping[str, dict[str, Any]] = {
    "center": {
        "description": "中心编号",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,31}$"},
    },
    "period": {
        "description": "统计期：2023、2023-Q2 或 2023-05",
        "schema": {"type": "string", "pattern": "^[0-9]{4}(-Q[1-4]|-[0-9]{2})?$"},
    },
    "year": {"description": "年度", "schema": {"type": "string", "pattern": "^[0-9]{4}$"}},
    "key": {"description": "指标编码", "schema": {"type": "string"}},
    "side": {"description": "分子或分母", "schema": {"type": "string", "enum": ["numerator", "denominator"]}},
    "scheme": {"description": "评价方案编码", "schema": {"type": "string"}},
    "code": {"description": "溯源码", "schema": {"type": "string"}},
    "file": {"description": "文件任务的编号", "schema": {"type": "string"}},
}  # fmt: skip
_PROBLEMS = {
    400: "请求读不了，没有采用任何内容",
    401: "没有有效的令牌",
    403: "令牌没有这项权限",
    404: "没有这一项",
    413: "请求太大",
    415: "不收这种格式",
    422: "不能采用；原因见说明",
    429: "请求太频繁",
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a route takes and answers, beyond what its rule says."""

    summary: str
    answers: Mapping[int, tuple[str, Model | None]]  # code → what it means, what it holds
    body: Mapping[str, Any] | None = None  # media type → model, list of a model, or a schema
    body_about: str = ""
    query: Mapping[str, dict[str, Any]] | None = None  # name → parameter
    problems: tuple[int, ...] = ()  # codes beyond those that every route may answer


class Problem(BaseModel):
    """一次没有办成的请求。"""

    error: str


def describe(operation: Operation) -> Callable[[View], View]:
    """Declares what a route takes and answers."""

    def declare(view: View) -> View:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return declare


@lru_cache(maxsize=4)  # an application's routes stay as they are
def make_description(app: Flask) -> dict[str, Any]:
    """The document. Raises: AttributeError for a route of the interface that says nothing of itself."""
    spec = APISpec(
        title="12345热线指标：数据接口",
        version="1",
        openapi_version="3.1.0",
        info={"description": _ABOUT},
        servers=[{"url": "/"}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    operations = sorted(_list_operations(app), key=lambda one: one[0].rule)
    schemas = _make_schemas([operation for _, operation, _ in operations])
    for name, schema in schemas.items():
        spec.components.schema(name, schema)
    for rule, operation, scope in operations:
        for method in (rule.methods or set()) & {"GET", "POST"}:
            described = _describe(rule, operation, scope)
            spec.path(_to_path(rule), operations={method.lower(): described})
    return spec.to_dict()


def _list_operations(app: Flask) -> Iterator[tuple[Rule, Operation, str | None]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX):
            view: Any = app.view_functions[rule.endpoint]
            of_machines = get_declared_access(app, rule.endpoint) is Door.MACHINE
            yield rule, view.operation, view.scope.value if of_machines else None


def _describe(rule: Rule, operation: Operation, scope: str | None) -> dict[str, Any]:
    refused = (401, 403, 429, *((404,) if len(rule.arguments) > 1 else ())) if scope else ()
    described: dict[str, Any] = {
        "operationId": rule.endpoint.partition(".")[2],
        "summary": operation.summary,
        "parameters": [*_list_path_parameters(rule), *_list_query(operation)],
        "responses": {
            **{str(code): _answer(*answer) for code, answer in operation.answers.items()},
            **{
                str(code): _answer(_PROBLEMS[code], Problem)
                for code in sorted({*refused, *operation.problems} - operation.answers.keys())
            },
        },
        "security": [{"token": []}] if scope else [],
    }
    if scope:
        described["description"] = f"令牌须有 {scope} 权限。"
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "description": operation.body_about,
            "content": {media: {"schema": _refer(of)} for media, of in operation.body.items()},
        }
    return described


def _list_path_parameters(rule: Rule) -> list[dict[str, Any]]:
    names = [name for _, name in _PARTS_OF.findall(rule.rule)]
    return [{"name": name, "in": "path", "required": True, **_PATH_PARAMETERS[name]} for name in names]


def _list_query(operation: Operation) -> list[dict[str, Any]]:
    query = operation.query or {}
    return [{"name": name, "in": "query", "required": False, **one} for name, one in query.items()]


def _answer(about: str, model: Model | None) -> dict[str, Any]:
    content = {"application/json": {"schema": _refer(model) if model else {}}}
    return {"description": about, "content": content}


_REFERENCE = "#/components/schemas/{model}"
_PARTS_OF = re.compile(r"<(?:(\w+(?:\([^)]*\))?):)?(\w+)>")


def _to_path(rule: Rule) -> str:
    return _PARTS_OF.sub(r"{\2}", rule.rule)


def _refer(of: Any) -> dict[str, Any]:
    if isinstance(of, list):
        return {"type": "array", "items": _refer(of[0])}
    if isinstance(of, dict):
        return of
    return {"$ref": _REFERENCE.format(model=of.__name__)}


def _make_schemas(operations: list[Operation]) -> dict[str, Any]:
    """The schemas of all models that are taken or answered, and of what these hold."""
    taken = [of[0] if isinstance(of, list) else of for one in operations for of in (one.body or {}).values()]
    answered = [model for one in operations for _, model in one.answers.values() if model]
    inputs = dict.fromkeys(model for model in taken if not isinstance(model, dict))
    outputs = dict.fromkeys([Problem, *answered])
    pairs = [(one, "validation") for one in inputs] + [(one, "serialization") for one in outputs]
    _, made = models_json_schema(pairs, ref_template=_REFERENCE)  # type: ignore[arg-type]
    return dict(made.get("$defs", {}))
