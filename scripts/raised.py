"""Every error that the program can make, read from its source; "..." stands for what changes.

A sentence that is put together elsewhere is followed: into a name of the same function, a module's constant,
a function that returns it, whoever calls the function that is given it, and the class that always says the
same. What cannot be followed is "..." alone: docs/troubleshooting/more.toml says by hand what is said there.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, cached_property
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[1]
ANY = "..."
GAP = "\ue000"
"""What differs, while a sentence is put together: its dots are no others'."""

DEEPEST = 7
"""Steps that a sentence is followed."""

CONFIGURED = ("tui.settings", "tui.model.env_file")
"""Where many reasons, all of ours, are said by one place."""

FEW = 4
"""Different words for one gap; more are "...", but for what is wrong with a configuration."""

MOST = 200
"""Sentences that one place can make; where there are more, what differs is "..."."""

NAME = ".NAME"
"""Stands for the name of an app, an engine or a fleet behind its dot."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
TOP = ("tui.errors", "HoldfastError")
VALUES = {
    ("tui.settings.units", "NotAllowed"): f"{ANY}: {ANY} is not allowed: ",
    ("tui.model.env_file", "EnvFileInvalid"): f"{ANY}, ",
}
"""Why a value, or a line of a file, is not taken: no HoldfastError, but said behind this."""

SAID = {
    ("tui.model.operation", "Failure"): (("", "HoldfastError"), 1, 1),
    ("tui.engine.ssh.failures", "_Meaning"): (("tui.engine.errors", "SshFailed"), 3, 1),
    ("tui.engine.buildkit.causes", "Cause"): (("tui.engine.errors", "BuildFailed"), 1, 0),
}
"""Values with a sentence and a remedy: the error that they become, its status, where the sentence is."""

CONFIG = ("tui.settings.load", "ConfigError")
TELLING = ("problems", "_together")
"""How functions end that give what is wrong with one."""

LISTS = {"problems", "broken", "faults"}
"""What is wrong with a configuration is gathered in these, in tui/settings."""


class Raised(NamedTuple):
    """An error that is made somewhere.

    place   "engine/client.py"
    about   what its class says of itself
    site    what more.toml calls it
    """

    place: str
    line: int
    kind: str
    status: int
    messages: tuple[str, ...]
    hints: tuple[str, ...]
    about: str
    site: str


Given = Mapping[str, "tuple[_Module, ast.expr]"]
"""What a class's own sentence is made of: name -> where it stands, and what is given."""


class _Module:
    """A file of the program, and what its names mean."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path.relative_to(ROOT / "tui"))
        self.name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self.tree = ast.parse(path.read_text())
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.imported: dict[str, tuple[str, str]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    self.imported[one.asname or one.name] = node.module, one.name

    @cached_property
    def constants(self) -> Mapping[str, ast.expr]:
        found = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, Function)}

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)}

    def function_around(self, node: ast.AST) -> Function | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, Function):
                return node
        return None

    def meant(self, node: ast.expr) -> tuple[str, str]:
        """Module and name of what an expression names."""
        match node:
            case ast.Name(id=name):
                return self.imported.get(name, (self.name, name))
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in self.imported:
                return ".".join(self.imported[owner]), name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                return self.name, name
        return "", ""


@cache
def raised() -> tuple[Raised, ...]:
    """Every error of the program, in the order of its files."""
    return tuple(sorted(Tree().raised(), key=lambda one: (one.place, one.line)))


class Tree:
    """The whole of the program."""

    def __init__(self) -> None:
        paths = [path for path in sorted((ROOT / "tui").rglob("*.py")) if not path.name.endswith("_pb2.py")]
        self.modules = {module.name: module for module in map(_Module, paths)}
        self._methods: dict[str, list[tuple[_Module, ast.Call]]] = defaultdict(list)
        self._calls: dict[tuple[str, str], list[tuple[_Module, ast.Call]]] = defaultdict(list)
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call):
                    meant = module.meant(node.func)
                    self._calls[meant].append((module, node))
                    if meant == ("", "") and isinstance(node.func, ast.Attribute):
                        self._methods[node.func.attr].append((module, node))

    @cached_property
    def errors(self) -> Mapping[tuple[str, str], int]:
        """Each class of errors, with its exit status."""
        found = {TOP: 1} | dict.fromkeys(VALUES, 2)
        while True:
            new = {}
            for module in self.modules.values():
                for name, node in module.classes.items():
                    for base in node.bases:
                        if (module.name, name) not in found and (above := module.meant(base)) in found:
                            new[module.name, name] = self._status(node, found[above])
            if not new:
                return found
            found |= new

    def _status(self, node: ast.ClassDef, inherited: int) -> int:
        for one in node.body:
            target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
            if isinstance(target, ast.Name) and target.id == "exit_status":
                value = getattr(one, "value", None)
                return value.value if isinstance(value, ast.Constant) else 130
        return inherited

    def raised(self) -> Iterator[Raised]:
        """Every place that makes an error."""
        for kind, status in self.errors.items():
            for module, call in self._calls[kind]:
                if module.place.startswith("demo/") and kind[0].startswith("tui.demo.refused"):
                    continue
                yield self._made(module, call, kind, status)
        for value, (kind, status, first) in SAID.items():
            for module, call in self._calls[value]:
                if module.place.startswith("demo/"):  # where they are of a story
                    continue
                if parts := [self.texts(module, one) for one in call.args[first : first + 2]]:
                    yield self._one(module, call, kind, status, parts[0], (parts[1:] or [()])[0])
        for module in self.modules.values():
            for node, kind, sentence in _tabled(module, self.errors):
                yield self._one(module, node, kind, self.errors[kind], self.texts(module, sentence), ())
        for module in self.modules.values():
            if module.name.startswith("tui.settings"):
                for node, said in _gathered(module):
                    yield self._one(module, node, CONFIG, 2, self.texts(module, said), ())

    def _made(self, module: _Module, call: ast.Call, kind: tuple[str, str], status: int) -> Raised:
        message, hint, given = self._given(module, call, kind)
        messages = self.texts(*message, given=given) if message else (GAP,)
        hints = self.texts(*hint, given=given) if hint else ()
        if before := VALUES.get(kind, ""):
            messages = tuple(before + message for message in messages)
        return self._one(module, call, kind, status, messages, hints)

    def _one(
        self,
        module: _Module,
        node: ast.AST,
        kind: tuple[str, str],
        status: int,
        messages: Sequence[str],
        hints: Sequence[str],
    ) -> Raised:
        function = module.function_around(node)
        site = f"{module.place}:{function.name if function else ''} {kind[1]}"
        line = getattr(node, "lineno", 0)
        about = (
            ""
            if kind[0] not in self.modules or kind == TOP
            else ast.get_docstring(self.modules[kind[0]].classes[kind[1]]) or ""
        )
        words = " ".join(about.partition("\n\n")[0].split())
        return Raised(module.place, line, kind[1], status, tuple(messages), tuple(hints), words, site)

    def _given(
        self, module: _Module, call: ast.Call, kind: tuple[str, str]
    ) -> tuple[tuple[_Module, ast.expr] | None, tuple[_Module, ast.expr] | None, Given]:
        """Where the sentence and the remedy of a call stand, and what the class's own sentence is given."""
        owner, init = self._init(kind)
        names = ["message", "hint"]
        if init is not None:
            names = [one.arg for one in (*init.args.args[1:], *init.args.kwonlyargs)]
        given = dict(zip(names, call.args, strict=False))
        given |= {word.arg: word.value for word in call.keywords if word.arg}
        if init is None or "message" in names:
            message, hint = given.get("message"), given.get("hint")
            return (module, message) if message else None, (module, hint) if hint else None, {}
        for node in ast.walk(init):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__")):
                    parts = {word.arg: word.value for word in node.keywords}
                    parts |= dict(zip(("message", "hint"), node.args, strict=False))
                    assert owner is not None
                    where = {key: (owner, value) for key, value in parts.items()}
                    return (
                        where.get("message"),
                        where.get("hint"),
                        {key: (module, one) for key, one in given.items()},
                    )
        return None, None, {}

    def _init(self, kind: tuple[str, str]) -> tuple[_Module | None, Function | None]:
        """The `__init__` of an error that is nearest to it, with its module; None for the root's."""
        module = self.modules.get(kind[0])
        while module is not None and kind != TOP and kind[1] in module.classes:
            node = module.classes[kind[1]]
            for one in node.body:
                if isinstance(one, Function) and one.name == "__init__":
                    return module, one
            kind = next((above for base in node.bases if (above := module.meant(base)) in self.errors), TOP)
            module = self.modules.get(kind[0])
        return None, None

    def texts(
        self,
        module: _Module,
        node: ast.expr | None,
        deep: int = 0,
        given: Given | None = None,
    ) -> tuple[str, ...]:
        """What an expression can say."""
        found = dict.fromkeys(_tidy(text) for text in self._texts(module, node, deep, given or {}))
        return tuple(text for text in found if text and not _is_covered(text, found))

    def _texts(self, module: _Module, node: ast.expr | None, deep: int, given: Given) -> list[str]:
        if deep > DEEPEST:
            return [GAP]
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return self._joined(module, parts, deep, given)
            case ast.FormattedValue(value=value, format_spec=None) if _is_worth_it(value):
                found = list(dict.fromkeys(self._texts(module, value, deep + 1, given)))
                gathered = module.name.startswith(CONFIGURED) and isinstance(value, ast.Name)
                if len([*filter(None, found)]) > FEW and not gathered:
                    return [GAP]
                # Words that may be left out begin with what joins them; of others "" means that it is not so.
                optional = all(text[0] in " ,;:(" or text[-1] == " " for text in found if text)
                return found if optional else [text for text in found if text]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined(module, [left, right], deep, given)
            case ast.IfExp(body=body, orelse=other):
                return [*self._texts(module, body, deep, given), *self._texts(module, other, deep, given)]
            case ast.BoolOp(values=values):
                return [text for one in values for text in self._texts(module, one, deep, given)]
            case ast.Name(id=name):
                return self._named(module, node, name, deep, given)
            case ast.Attribute():
                owner, name = module.meant(node)
                if owner in self.modules and name in self.modules[owner].constants:
                    return self._texts(self.modules[owner], self.modules[owner].constants[name], deep + 1, {})
            case ast.Call(func=function):
                return self._returned(module, function, deep)
            case ast.Await(value=value):
                return self._texts(module, value, deep, given)
        return [GAP]

    def _joined(self, module: _Module, parts: Sequence[ast.expr], deep: int, given: Given) -> list[str]:
        each = [self._texts(module, part, deep, given) for part in parts]
        while len(list(product(*each))) > MOST:
            longest = max(range(len(each)), key=lambda at: len(each[at]))
            each[longest] = [GAP]
        return ["".join(words) for words in product(*each)]

    def _named(self, module: _Module, node: ast.Name, name: str, deep: int, given: Given) -> list[str]:
        if name in given:
            caller, value = given[name]
            return self._texts(caller, value, deep + 1, {})
        function = module.function_around(node)
        if function is not None:
            arguments = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
            if values := _assigned(function, name):
                found = [text for value in values for text in self._texts(module, value, deep + 1, given)]
                for more in _added(function, name):
                    added = self._texts(module, more, deep + 1, given)
                    found += [text + one for text in found for one in added][:MOST]
                return [*found, *([GAP] if name in arguments else [])]
            if name in arguments:
                return self._passed(module, function, name, arguments, deep)
            if name in _bound(function):
                return [GAP]
        owner, original = module.imported.get(name, (module.name, name))
        if owner in self.modules and original in self.modules[owner].constants:
            return self._texts(self.modules[owner], self.modules[owner].constants[original], deep + 1, {})
        return [GAP]

    def _passed(
        self, module: _Module, function: Function, name: str, arguments: list[str], deep: int
    ) -> list[str]:
        """What those who call a function give it."""
        found = []
        inside = isinstance(module.parents.get(function), ast.ClassDef)
        positional = arguments[1:] if inside and arguments[0] in ("self", "cls") else arguments
        calls = [*self._calls[module.name, function.name]]
        if inside:  # of something that is no module: whatever has a method of this name, in the same package
            package = module.name.rpartition(".")[0]
            calls += [one for one in self._methods[function.name] if one[0].name.startswith(package)]
        for caller, call in calls:
            given = dict(zip(positional, call.args, strict=False))
            given |= {word.arg: word.value for word in call.keywords if word.arg}
            if name in given:
                found += self._texts(caller, given[name], deep + 1, {})
        return found or [GAP]

    def _returned(self, module: _Module, called: ast.expr, deep: int) -> list[str]:
        owner, name = module.meant(called)
        if owner not in self.modules or name not in self.modules[owner].functions:
            return [GAP]
        function = self.modules[owner].functions[name]
        found = []
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                found += self._texts(self.modules[owner], node.value, deep + 1, {})
        return found or [GAP]


def _is_worth_it(node: ast.expr) -> bool:
    """Whether what fills a gap may be words of ours: a call may, a value of the moment not."""
    return isinstance(node, ast.Name | ast.IfExp) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("_")
    )


def _assigned(function: Function, name: str) -> list[ast.expr]:
    """What a name of a function is set to, where that is said word by word."""
    found = []
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                found.append(value)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = zip(targets, values, strict=False)
                found += [
                    value for target, value in pairs if isinstance(target, ast.Name) and target.id == name
                ]
            case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
                found.append(value)
    return found


def _added(function: Function, name: str) -> list[ast.expr]:
    """What is put behind a name's text."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name
    ]


def _tabled(
    module: _Module, errors: Collection[tuple[str, str]]
) -> Iterator[tuple[ast.AST, tuple[str, str], ast.expr]]:
    """Rows of a table that have a kind of error, and behind it its sentence."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Tuple):
            for kind, sentence in pairwise(node.elts):
                if isinstance(sentence, ast.Constant) and (meant := module.meant(kind)) in errors:
                    yield node, meant, sentence


def _bound(function: Function) -> set[str]:
    return {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _gathered(module: _Module) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Sentences that are put into a list of what is wrong."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="append"), args=[said]) if (
                _called(owner) in LISTS
            ):
                yield node, said
            case ast.AugAssign(target=target, value=ast.List(elts=all_said)) if _called(target) in LISTS:
                for said in all_said:
                    yield node, said
            case ast.AugAssign(target=target, value=ast.ListComp(elt=said)) if _called(target) in LISTS:
                yield node, said
            case ast.FunctionDef(name=name) if name.endswith(TELLING):
                for inner in ast.walk(node):
                    match inner:
                        case ast.Return(value=ast.ListComp(elt=said)) | ast.Yield(value=ast.expr() as said):
                            yield inner, said


def _called(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_covered(text: str, among: Iterable[str]) -> bool:
    """Whether another of these has a gap where this one has words, or nothing."""
    wider = (one for one in among if one != text and one.strip(f"{ANY} ;:,()") and ANY in one)
    return any(re.fullmatch(re.escape(one).replace(re.escape(ANY), ".*"), text) for one in wider)


def _tidy(text: str) -> str:
    """One line, with one "..." where several gaps come together."""
    text = re.sub(r"(?<![$\w{])\{\w+\}", GAP, " ".join(text.replace("…", ANY).split()))
    text = re.sub(rf"{GAP}(?:(?:[ /]|\.r?)?{GAP})+", GAP, text).replace(GAP, ANY).strip()
    return re.sub(r"\[(apps|engines|fleets)\.\.\.\.", r"[\1.NAME", text)
