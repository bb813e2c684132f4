"""Templates call only what there is, in branches that are rarely drawn, too."""

import ast
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from jinja2 import DictLoader, Environment, meta, nodes
from jinja2.runtime import LoopContext
from jinja2.utils import Namespace

import web
from tests.web.routes import UNUSED
from web import formatting, heatmap

ROOMS = ("tracker", "ingest", "kpi", "web")
TEMPLATES = Path("web/templates")
BUILT_IN = (str, bytes, dict, list, set, Counter, int, datetime, Fraction, LoopContext, Namespace)
FROM_BOOTSTRAP = {"load_css"}


class Rendering(NamedTuple):
    """A call of `render_template`: the template, and what of a module it is given under which names."""

    module: str
    template: str
    values: dict[str, Any]


def list_renderings(module: ModuleType) -> Iterator[Rendering]:
    for call in ast.walk(ast.parse(inspect.getsource(module))):
        match call:
            case ast.Call(func=ast.Name(id="render_template"), args=[ast.Constant(value=str(template)), *_]):
                values = {
                    one.arg: resolve(module, one.value)
                    for one in call.keywords
                    if one.arg and isinstance(one.value, ast.Name | ast.Attribute)
                }
                yield Rendering(module.__name__, template, values)


def resolve(module: ModuleType, node: ast.expr) -> Any:
    """What a name stands for in a module; None for one of a function."""
    match node:
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=of, attr=name):
            owner = resolve(module, of)
            return getattr(owner, name, None) if isinstance(owner, ModuleType | type) else None
    return None


def find_faults(environment: Environment, rendering: Rendering) -> Iterator[str]:
    """What a template and those that it draws in ask of modules, classes and functions, and is not there."""
    for name in sorted(find_templates(environment, rendering.template)):
        tree = parse(environment, name)
        known = {one: rendering.values.get(one) for one in meta.find_undeclared_variables(tree)}
        for used in tree.find_all((nodes.Getattr, nodes.Call)):
            match used:
                case nodes.Getattr(node=nodes.Name(name=of), attr=attribute):
                    value = known.get(of)
                    if isinstance(value, ModuleType | type) and not hasattr(value, attribute):
                        yield f"{name}, line {used.lineno}: {of}.{attribute}"
                case nodes.Call():
                    function = find_function(used.node, known)
                    if function and not takes(function, used):
                        yield f"{name}, line {used.lineno}: {function.__qualname__} takes other arguments"


def find_function(node: nodes.Node, known: dict[str, Any]) -> FunctionType | None:
    match node:
        case nodes.Name(name=name):
            value = known.get(name)
        case nodes.Getattr(node=nodes.Name(name=of), attr=attribute):
            value = getattr(known.get(of), attribute, None) if isinstance(known.get(of), ModuleType) else None
        case _:
            return None
    return value if isinstance(value, FunctionType) else None


def takes(function: FunctionType, call: nodes.Call) -> bool:
    if call.dyn_args or call.dyn_kwargs:
        return True
    try:
        inspect.signature(function).bind(*call.args, **{one.key: one.value for one in call.kwargs})
    except TypeError:
        return False
    return True


def find_templates(environment: Environment, name: str) -> set[str]:
    """A template, and all that it extends, includes or imports."""
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += filter(None, meta.find_referenced_templates(parse(environment, one)))
    return found


def parse(environment: Environment, name: str) -> nodes.Template:
    assert environment.loader is not None
    return environment.parse(environment.loader.get_source(environment, name)[0])


def list_modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(web.__path__, "web."):
        yield import_module(found.name)


def list_names(path: Path) -> Iterator[str]:
    """What a source file declares: functions, classes, fields, attributes, parameters, keys of mappings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                yield name


def test_what_a_page_hands_to_its_template_can_do_what_the_template_asks_of_it():
    renderings = [one for module in list_modules() for one in list_renderings(module)]
    assert len(renderings) > 50
    assert any(isinstance(value, ModuleType) for one in renderings for value in one.values.values())
    faults = [f"{one.module}: {fault}" for one in renderings for fault in find_faults(UNUSED.jinja_env, one)]
    assert faults == []


def test_every_attribute_of_which_a_template_speaks_is_declared_somewhere():
    """A method that was renamed is found here where a page hands an object to its template."""
    declared = {name for room in ROOMS for path in Path(room).rglob("*.py") for name in list_names(path)}
    declared |= {name for type_ in BUILT_IN for name in dir(type_)} | FROM_BOOTSTRAP
    environment = UNUSED.jinja_env
    unknown = [
        f"{name}, line {used.lineno}: {used.attr}"
        for name in sorted(f"{path.relative_to(TEMPLATES)}" for path in TEMPLATES.rglob("*.html"))
        for used in parse(environment, name).find_all(nodes.Getattr)
        if used.attr not in declared
    ]
    assert unknown == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ heatmap.draw_nothing(cells) }}",
        "{{ heatmap.draw_heat_map(cells, hue='volume', colour=1) }}",
        "{{ tenths() }}",
    ],
)
def test_a_template_that_asks_for_what_is_not_there_is_found(text: str):
    pages = DictLoader({"page.html": "{% include 'part.html' %}", "part.html": text})
    rendering = Rendering("", "page.html", {"heatmap": heatmap, "tenths": formatting.tenths})
    assert len(list(find_faults(Environment(loader=pages), rendering))) == 1
