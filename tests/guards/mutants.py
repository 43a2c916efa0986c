"""Mutants: the program with one policy or one filter taken out, in this process, for as long as a check is tried.

A mutant swaps the code of one function for the same code without the one condition; nothing is imported anew, so that
whatever holds the function holds the mutant. Taken out are

* of every view its permission, its proof of who it is where it asks for one, and its door to strangers;
* every call of a filter or condition that says what somebody may see or do;
* within these, and where they are put together, each part by itself;
* every filter by the one who asks (`user=user`), every refusal that hangs on a question for what they may do, every
  question who it is, and every answer of the admin to what somebody may do there.
"""

import ast
import contextlib
import importlib
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from casework.clients import access, reading_sight
from casework.reminders import counts, deadlines
from casework.web.deadlines.views.my_day import WAITING

from .urls import Address

ROOT = Path(__file__).resolve().parents[2]
GUARD = "requires.<locals>.decorate.<locals>.guarded"
# Where they are put together: there every part is taken out in turn.
PARTLY = {"active", "carrying", "memberships", "permissions_and_teams_of", "teams_with", "people_with"}
PARTLY |= {"_lent", "_within", "_wholly_visible"}
# The same, of one file: elsewhere the name says something else.
PARTLY_IN = {
    *(("clients/access.py", "_rows"), ("accounts/access.py", "may")),
    *(("clients/models/timed_access.py", "running"), ("clients/models/emergency.py", "running")),
}
# Whoever is asked for, as an argument of what narrows a queryset or says under which condition.
ASKED_FOR = {"user", "reader", "by"}
# Whoever asks, as a value in a filter.
ASKING = {"user", "by", "reader", "self.by", "self.user", "request.user", "user.pk", "by.pk", "request.user.pk"}
# What a refusal hangs on where it is about what somebody may do, not about what there is.
QUESTIONS = {"may_read_needs", "is_told", "may", "permission", "permissions_in", "has_permission"}
# What asks who it is before an act of weight.
PROOFS = {"ask_again", "ask_once"}
# Made by a decorator once for each view: tried with the policies.
AS_POLICIES = {"guarded"}
# What knows nothing of users.
NOT_OF_IT = {"migrations", "demo", "rules", "lib", "vault", "embedded"}
# What these call means something else elsewhere: they count where they are given whoever asks.
AMBIGUOUS = {"of", "about", "concerning"}
EVERYTHING = "__import__('django.db.models').db.models.Q(pk__isnull=False)"


@dataclass(frozen=True, slots=True)
class Mutant:
    """`place`: file, function and what is taken out of it; `function`: the one whose code is swapped."""

    place: str
    line: int
    function: FunctionType
    code: CodeType

    @contextlib.contextmanager
    def alive(self) -> Iterator[None]:
        before = self.function.__code__
        self.function.__code__ = self.code
        forget_words()
        try:
            yield
        finally:
            self.function.__code__ = before
            forget_words()


def forget_words() -> None:
    """Forget the questions to the database that are put into words once in the life of a process."""
    access._compiled.cache_clear()
    for question in (deadlines.STILL_OPEN, counts.DEADLINES, counts.HOUSING, reading_sight._SIGHT, WAITING):
        question.forget()


# Policies


def without_permission(address: Address) -> Mutant:
    """Return the view of `address` without the question for its permission."""
    return _guard(address, "permission not in permissions_in(request)", "its permission")


def without_proof(address: Address) -> Mutant:
    """Return the view of `address` that lets in whoever has not shown for a while who they are."""
    return _guard(address, "step_up", "its proof of who it is")


def _guard(address: Address, test: str, what: str) -> Mutant:
    guard = next(it for it in chain(address.view) if it.__code__.co_qualname == GUARD)
    module = sys.modules[guard.__globals__["__name__"]]
    tree = ast.parse(inspect.getsource(module))
    conditions = [it for it in ast.walk(tree) if isinstance(it, ast.If) and ast.unparse(it.test) == test]
    if len(conditions) != 1:
        raise LookupError(f"the guard of views does not ask {test!r} once")
    # Both names stay those that the function closes over.
    conditions[0].test = ast.copy_location(ast.parse("permission is None and step_up", mode="eval").body, conditions[0])
    ast.fix_missing_locations(tree)
    return Mutant(f"{address.route} without {what}", conditions[0].lineno, guard, compiled(tree, module)[GUARD])


@contextlib.contextmanager
def open_to_strangers(address: Address) -> Iterator[None]:
    """Let whoever is not signed in reach the view of `address`."""
    address.view.login_required = False
    try:
        yield
    finally:
        del address.view.login_required


# Filters


@dataclass(frozen=True, slots=True)
class Way:
    """How an expression can be taken out: what is said of it, and what stands in its place."""

    says: str
    left: Callable[[Any], ast.AST]


def without_filters() -> list[Mutant]:
    """Return one mutant for each filter, condition, part and refusal."""
    trees = {path: ast.parse(path.read_text()) for path in _paths()}
    names = Names.of(trees.values())
    return [it for path, tree in trees.items() for it in _of_file(path, tree, names)]


def _paths() -> list[Path]:
    paths = sorted((ROOT / "casework").rglob("*.py"))
    return [it for it in paths if not NOT_OF_IT & set(it.relative_to(ROOT).parts)]


@dataclass(frozen=True, slots=True)
class Names:
    """What the code calls the adjectives of QuerySets, and the conditions, that depend on who asks."""

    filters: frozenset[str]
    conditions: frozenset[str]

    @classmethod
    def of(cls, trees: Iterable[ast.Module]) -> "Names":
        nodes = [node for tree in trees for node in ast.walk(tree)]
        classes = [it for it in nodes if isinstance(it, ast.ClassDef) and it.name.endswith("QuerySet")]
        conditions = [it for it in nodes if isinstance(it, ast.FunctionDef) and it.returns is not None]
        return cls(
            frozenset(it.name for each in classes for it in each.body if _asks_for_somebody(it)),  # type: ignore[attr-defined]
            frozenset(it.name for it in conditions if ast.unparse(it.returns) == "Q" and _asks_for_somebody(it))  # type: ignore[arg-type]
            - PARTLY
            - {"_among"},
        )


def _asks_for_somebody(node: ast.AST) -> bool:
    arguments = (*node.args.args, *node.args.kwonlyargs) if isinstance(node, ast.FunctionDef) else ()
    return bool(ASKED_FOR & {it.arg for it in arguments})


def _of_file(path: Path, as_it_is: ast.Module, names: Names) -> Iterator[Mutant]:
    source = path.read_text()
    name = str(path.relative_to(ROOT))
    here = Names.of([as_it_is])
    partly = PARTLY | here.filters | here.conditions | {function for file, function in PARTLY_IN if name.endswith(file)}
    places = [
        (number, way)
        for number, node, within in _nodes(as_it_is)
        if within not in AS_POLICIES
        for way in _ways(node, within, names, is_partly=within in partly)
    ]
    if not places:
        return
    module = importlib.import_module(name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
    before = compiled(as_it_is, module)
    seen: Counter[str] = Counter()
    for number, way in places:
        tree = ast.parse(source)
        target = next(node for index, node, _within in _nodes(tree) if index == number)
        qualname = _around(tree, target.lineno)
        place = f"{name} {qualname}: {way.says}"
        seen[place] += 1
        place += f" ({seen[place]})" if seen[place] > 1 else ""
        tree = ast.fix_missing_locations(_Swap(target, ast.copy_location(way.left(target), target)).visit(tree))
        after = compiled(tree, module)
        function = find(module, qualname)
        if function is None or before[qualname].co_freevars != after[qualname].co_freevars:
            raise LookupError(f"{place}: the function cannot be swapped")
        yield Mutant(place, target.lineno, function, after[qualname])


def _nodes(tree: ast.Module) -> Iterator[tuple[int, Any, str]]:
    """Yield each node with its number and the name of the function around it."""
    found: list[tuple[Any, str]] = []

    def descend(node: ast.AST, within: str) -> None:
        found.append((node, within))
        inner = node.name if isinstance(node, ast.FunctionDef) else within
        for child in ast.iter_child_nodes(node):
            descend(child, inner)

    descend(tree, "")
    for number, (node, within) in enumerate(found):
        yield number, node, within


def _ways(node: Any, within: str, names: Names, *, is_partly: bool) -> list[Way]:
    """Return how `node` can be taken out."""
    if isinstance(node, ast.If) and within:
        return _of_refusal(node)
    if isinstance(node, ast.FunctionDef) and node.name.startswith("has_") and node.name.endswith("permission"):
        return [Way(f"with {node.name}() for everybody", _for_everybody)]
    if not within:
        return []
    if isinstance(node, ast.Call):
        return _of_call(node, names, is_partly=is_partly)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd) and is_partly:
        left, right = _short(node.left), _short(node.right)
        return [Way(f"without {left}", lambda it: it.right), Way(f"without {right}", lambda it: it.left)]
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) and is_partly:
        return [_without_value(node, number) for number in range(len(node.values))]
    return []


def _of_refusal(node: ast.If) -> list[Way]:
    is_refusal = len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse
    raised = ast.unparse(node.body[0])
    if not is_refusal or not raised.startswith(("raise PermissionDenied", "raise Http404")):
        return []
    names = {it.attr if isinstance(it, ast.Attribute) else getattr(it, "id", "") for it in ast.walk(node.test)}
    return [Way(f"without `if {_short(node.test)}`", lambda it: ast.Pass())] if names & QUESTIONS else []


def _for_everybody(node: ast.FunctionDef) -> ast.AST:
    for each in ast.walk(node):
        if isinstance(each, ast.Return) and each.value is not None:
            each.value = ast.BoolOp(op=ast.Or(), values=[each.value, ast.Constant(value=True)])
    return node


def _of_call(node: ast.Call, names: Names, *, is_partly: bool) -> list[Way]:
    if isinstance(node.func, ast.Name) and node.func.id in names.conditions:
        return [Way(f"without {node.func.id}()", lambda it: ast.parse(EVERYTHING, mode="eval").body)]
    if isinstance(node.func, ast.Name) and node.func.id in PROOFS:
        return [Way(f"without {ast.unparse(node)}", lambda it: ast.Constant(value=None))]
    if isinstance(node.func, ast.Name) and node.func.id == "Q" and is_partly and len(node.keywords) > 1:
        return [_without_keyword(node, number) for number in range(len(node.keywords))]
    if not isinstance(node.func, ast.Attribute):
        return []
    if _is_filter(node, node.func.attr, names) or _is_running(node):
        return [Way(f"without .{node.func.attr}()", lambda it: _all_of(it.func.value))]
    return _of_filter(node, names, is_partly=is_partly) if node.func.attr in {"filter", "exclude"} else []


def _is_filter(node: ast.Call, name: str, names: Names) -> bool:
    if name in AMBIGUOUS:
        return bool(node.args) and ast.unparse(node.args[0]) in ASKING
    return bool(node.args) and (name in names.filters or name in {"active", "carrying"})


def _is_running(node: ast.Call) -> bool:
    """Return whether this asks for the access that holds now; programmes run too."""
    return ast.unparse(node).endswith(".running(now)")


def _of_filter(node: ast.Call, names: Names, *, is_partly: bool) -> list[Way]:
    """Return each argument by itself, or the whole where there is one; outside the predicates only what names who asks."""
    arguments = [_without_argument(node, number) for number in range(len(node.args)) if is_partly]
    for number, keyword in enumerate(node.keywords):
        if is_partly or ast.unparse(keyword.value) in ASKING:
            arguments.append(_without_keyword(node, number))
    if len(node.args) + len(node.keywords) > 1 or not arguments:
        return arguments
    # A condition by itself is taken out as such.
    is_condition = bool(node.args) and ast.unparse(node.args[0]).split("(")[0] in names.conditions
    says = ", ".join(map(ast.unparse, [*node.args, *node.keywords]))[:90]
    return [] if is_condition else [Way(f"without .{node.func.attr}({says})", lambda it: _all_of(it.func.value))]  # type: ignore[attr-defined]


def _all_of(receiver: ast.expr) -> ast.expr:
    return ast.Call(func=ast.Attribute(value=receiver, attr="all", ctx=ast.Load()), args=[], keywords=[])


def _without_value(node: ast.BoolOp, number: int) -> Way:
    def left(it: ast.BoolOp) -> ast.expr:
        return ast.BoolOp(op=it.op, values=[each for each in it.values if each is not it.values[number]] * 2)

    return Way(f"without {_short(node.values[number])}", left)


def _without_argument(node: ast.Call, number: int) -> Way:
    def left(it: ast.Call) -> ast.expr:
        return ast.Call(func=it.func, args=it.args[:number] + it.args[number + 1 :], keywords=it.keywords)

    return Way(f"without {_short(node.args[number])}", left)


def _without_keyword(node: ast.Call, number: int) -> Way:
    def left(it: ast.Call) -> ast.expr:
        return ast.Call(func=it.func, args=it.args, keywords=it.keywords[:number] + it.keywords[number + 1 :])

    return Way(f"without {ast.unparse(node.keywords[number])}", left)


def _short(node: ast.AST) -> str:
    return ast.unparse(node)[:90]


class _Swap(ast.NodeTransformer):
    def __init__(self, target: ast.AST, by: ast.AST) -> None:
        self.target, self.by = target, by

    def visit(self, node: ast.AST) -> Any:
        return self.by if node is self.target else self.generic_visit(node)


# Code


def compiled(tree: ast.Module, module: ModuleType) -> dict[str, CodeType]:
    """Return the code of every function of a module, by qualified name."""
    codes: dict[str, CodeType] = {}

    def collect(code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                codes.setdefault(constant.co_qualname, constant)
                collect(constant)

    collect(compile(tree, module.__file__ or "", "exec"))
    return codes


def _around(tree: ast.Module, line: int) -> str:
    """Return the qualified name of the outermost function around `line`, within its classes."""
    names: list[str] = []
    node: Any = tree
    while not isinstance(node, ast.FunctionDef):
        node = next(
            it
            for it in ast.iter_child_nodes(node)
            if isinstance(it, ast.FunctionDef | ast.ClassDef) and it.lineno <= line <= (it.end_lineno or 0)
        )
        names.append(node.name)
    return ".".join(names)


def find(module: ModuleType, qualname: str) -> FunctionType | None:
    """Return the function of that name, below whatever decorates it."""
    found: Any = module
    for part in qualname.split("."):
        found = inspect.getattr_static(found, part, None)
        if isinstance(found, classmethod | staticmethod):
            found = found.__func__
    return next((it for it in chain(found) if it.__code__.co_qualname == qualname), None)


def chain(view: Any) -> Iterator[FunctionType]:
    """Yield a function and those that it wraps."""
    while view is not None:
        if isinstance(view, property | cached_property):
            view = view.fget if isinstance(view, property) else view.func
        if isinstance(view, FunctionType):
            yield view
        view = getattr(view, "__wrapped__", None)
