"""What keeps the tree easy to enter: small files and functions, small folders, no import circles."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
import typer

from framejudge.bench.cli.main import app

REPOSITORY = Path(__file__).parents[1]
ROOTS = tuple(REPOSITORY / name for name in ("datasets", "detectors", "bench", "reports"))
KINDS_OF_FILES = (".py", ".js", ".j2", ".css")

MOST_LINES_IN_A_FILE = 450
MOST_LINES_IN_A_FUNCTION = 60
MOST_STATEMENTS_IN_A_COMMAND = 25
MOST_MODULES_IN_A_FOLDER = 15

LONG_FILES: dict[str, str] = {}
"""Files that may be longer, each with the reason."""

LONG_FUNCTIONS = {
    "bench/framejudge/bench/cli/run.py:run": "23 options, one a line, handed over one a line",
    "bench/framejudge/bench/cli/fitting/train.py:train": "21 options, one a line, handed over one a line",
}
"""Functions that may be longer, as ``file:name``, each with the reason."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> Mapping[Path, ast.Module]:
    """Return every module of the four roots, parsed."""
    files = sorted(file for root in ROOTS for file in root.rglob("*.py"))
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def module_name(file: Path) -> str:
    """Return the name under which a file of a root is imported."""
    parts = file.relative_to(REPOSITORY).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def in_repository(file: Path) -> str:
    return file.relative_to(REPOSITORY).as_posix()


def test_the_roots_are_found() -> None:
    assert len(trees()) > 200
    assert {module_name(file).split(".")[1] for file in trees()} == {root.name for root in ROOTS}


def test_a_file_fits_into_one_sitting() -> None:
    files = [file for root in ROOTS for kind in KINDS_OF_FILES for file in root.rglob(f"*{kind}")]
    lines = {in_repository(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    long = {name for name, count in lines.items() if count > MOST_LINES_IN_A_FILE}
    assert long == set(LONG_FILES)


def test_a_function_fits_on_a_screen() -> None:
    long = {
        f"{in_repository(file)}:{node.name}"
        for file, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, Function) and _lines(node) > MOST_LINES_IN_A_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS)


def _lines(node: Function) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def test_a_folder_is_seen_at_a_glance() -> None:
    modules = defaultdict(set)
    for file in trees():
        if file.name != "__init__.py":
            modules[in_repository(file.parent)].add(file.name)
    assert {folder for folder, names in modules.items() if len(names) > MOST_MODULES_IN_A_FOLDER} == set()


def commands() -> Iterator[tuple[str, str, str]]:
    """Yield each command's words, the module of its function and the function's name."""
    for words, group in _groups(app, "bench"):
        for command in group.registered_commands:
            assert command.callback is not None
            name = command.name or command.callback.__name__.replace("_", "-")
            yield f"{words} {name}", command.callback.__module__, command.callback.__name__


def _groups(group: typer.Typer, words: str) -> Iterator[tuple[str, typer.Typer]]:
    yield words, group
    for below in group.registered_groups:
        if below.typer_instance is not None:
            yield from _groups(below.typer_instance, f"{words} {below.name or ''}".strip())


def test_a_command_reads_its_options_and_calls_one_function() -> None:
    files = {module_name(file): tree for file, tree in trees().items()}
    counts = {}
    for words, module, name in commands():
        found = next(
            node for node in ast.walk(files[module]) if isinstance(node, Function) and node.name == name
        )
        statements = [node for node in ast.walk(found) if isinstance(node, ast.stmt) and node is not found]
        counts[words] = len(statements) - (ast.get_docstring(found) is not None)
    assert len(counts) > 15
    assert {words for words, count in counts.items() if count > MOST_STATEMENTS_IN_A_COMMAND} == set()


def packages_with_names() -> list[str]:
    return [
        module_name(file)
        for file, tree in trees().items()
        if file.name == "__init__.py" and any(_assigned(node) == "__all__" for node in tree.body)
    ]


def _assigned(node: ast.stmt) -> str | None:
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else None


@pytest.mark.parametrize("package", packages_with_names())
def test_all_names_are_those_that_a_package_exports(package: str) -> None:
    """Nothing is missing: what a package binds and does not export, it needs itself."""
    (file,) = (one for one in trees() if one.name == "__init__.py" and module_name(one) == package)
    tree = trees()[file]
    bound = {name for node in tree.body for name in _bound(node) if not name.startswith("_")}
    modules = {path.stem for path in file.parent.iterdir()}
    needed = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    exported = set(importlib.import_module(package).__all__)
    assert exported <= bound
    assert bound - exported <= needed | modules


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names of ours that a statement of a module binds."""
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("framejudge"):
        yield from (name.asname or name.name for name in node.names)
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (name.id for name in node.targets if isinstance(name, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def test_no_module_imports_itself_by_a_way_round() -> None:
    names = {module_name(file) for file in trees()}
    imports = {
        module_name(file): set(_imported(tree, names)) - {module_name(file)} for file, tree in trees().items()
    }
    assert sum(map(len, imports.values())) > 500
    # A module in a circle is never left without imports that are still there.
    while free := {name for name, needed in imports.items() if not needed}:
        imports = {name: needed - free for name, needed in imports.items() if name not in free}
    while unneeded := imports.keys() - set().union(*imports.values()):
        imports = {name: needed for name, needed in imports.items() if name not in unneeded}
    assert imports == {}


def _imported(tree: ast.AST, names: set[str]) -> Iterator[str]:
    """Yield the modules of ours that a module imports, in functions too, except for types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in names)
        elif isinstance(node, ast.ImportFrom):
            below = {f"{node.module}.{name.name}" for name in node.names}
            yield from below & names
            if node.module in names and not below <= names:
                yield node.module
        yield from _imported(node, names)
