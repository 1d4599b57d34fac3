"""Whether ``package.module:Class`` names something, found out without importing anybody's code."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.import_closure import find_module


def check_target(name: str, target: str) -> None:
    """Look for a class in the source of its module.

    Where the source does not decide it - a compiled module, a star import, ``__getattr__`` - nothing is said.

    Parameters
    ----------
    name
        What the detector is called in the message.

    Raises
    ------
    InputError
        When there is no such module or no such class, with the nearest name that there is.
    """
    module, _, attribute = target.partition(":")
    where = f"detector {name!r}"
    if not module or not attribute:
        raise InputError(f"{target!r} is not package.module:Class", where=where, fix="name both parts")
    found = find_module(module)
    if found is None:
        raise no_module(name, module)
    names = _names_in(found)
    if names is None or attribute.partition(".")[0] in names:
        return
    raise no_attribute(name, module, attribute, sorted(names))


def no_module(name: str, module: str) -> InputError:
    """Return the error of a module that cannot be found."""
    beside = [file.stem for file in Path().glob("*.py")] if "." not in module else []
    near = difflib.get_close_matches(module, beside, n=1)
    fix = f"did you mean {near[0]!r}?" if near else "run where it can be imported"
    return InputError(f"there is no module {module!r}", where=f"detector {name!r}", fix=fix)


def no_attribute(name: str, module: str, attribute: str, names: list[str]) -> InputError:
    """Return the error of a class that its module does not have."""
    near = difflib.get_close_matches(attribute, names, n=1)
    classes = [one for one in names if one[:1].isupper()]
    has = f"it has: {', '.join(classes[:10])}" if classes else "it has no class"
    fix = f"did you mean {near[0]!r}?" if near else has
    return InputError(f"{module} has no {attribute!r}", where=f"detector {name!r}", fix=fix)


def _names_in(found: ModuleSpec) -> set[str] | None:
    """Return what a module's source defines; None where that does not show."""
    if not found.origin or not found.origin.endswith(".py"):
        return None
    try:
        tree = ast.parse(Path(found.origin).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None  # importing it will say what is wrong
    names = set(_defined(tree.body))
    return None if names & {"*", "__getattr__"} else names


def _defined(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements of a module bind; ``*`` for those that nobody can list."""
    for statement in statements:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in names)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                yield from _targets(statement)
            case _:
                if isinstance(statement, ast.Expr):
                    yield from _by_call(statement)
                for body in ("body", "orelse", "finalbody"):
                    yield from _defined(getattr(statement, body, []))
                for handler in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
                    yield from _defined(handler.body)


def _targets(statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
        # globals()["Name"] = ... binds what no source shows.
        yield from names if isinstance(target, ast.Name | ast.Tuple | ast.List) else ["*"]


def _by_call(statement: ast.Expr) -> Iterator[str]:
    """Yield ``*`` where a call may bind names: ``globals().update``, ``exec``, ``setattr``."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id in ("globals", "exec", "setattr", "vars"):
            yield "*"
