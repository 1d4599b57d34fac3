"""Which source files a module runs: its own and those of all that it imports, found without importing any."""

from __future__ import annotations

import ast
import importlib.util
import re
import site
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

OURS = "framejudge"


def source_files(*modules: str) -> dict[str, Path]:
    """Return the source files of modules and of what they import, by their paths below the import root.

    An import is followed into the modules' own top-level packages, into modules that lie beside these, and
    into framejudge; never into the standard library or another installed package. Imports inside functions
    count, those for type checkers do not. A module that is imported by a computed name is not seen.

    Parameters
    ----------
    modules
        Dotted names. One that does not exist has no files.

    >>> sorted(source_files("framejudge.datasets.progress"))[1:3]
    ['framejudge/datasets/errors.py', 'framejudge/datasets/progress.py']
    """
    return _Search(modules).files


def find_module(name: str, known: dict[str, ModuleSpec | None] | None = None) -> ModuleSpec | None:
    """Return where a module lies, None where there is none; the packages around it are not imported.

    ``known`` keeps what was found for the next call.
    """
    known = {} if known is None else known
    if name not in known:
        package = name.rpartition(".")[0]
        around = find_module(package, known) if package else None
        known[name] = None
        with suppress(ImportError, ValueError):
            if not package:
                known[name] = importlib.util.find_spec(name)
            elif around is not None and around.submodule_search_locations is not None:
                known[name] = PathFinder.find_spec(name, list(around.submodule_search_locations))
    return known[name]


class _Search:
    def __init__(self, modules: tuple[str, ...]) -> None:
        self.files: dict[str, Path] = {}
        self._known: dict[str, ModuleSpec | None] = {}
        self._tops = {OURS} | {name.partition(".")[0] for name in modules}
        self._folders = {folder for top in self._tops for folder in self._folders_of(top)}
        waiting = list(modules)
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in seen and self._is_followed(name.partition(".")[0]):
                seen.add(name)
                waiting += self._visit(name)

    def _visit(self, name: str) -> Iterator[str]:
        """Note a module's file, and yield what it imports; its package is imported with it."""
        spec = find_module(name, self._known)
        if spec is None:
            return
        yield name.rpartition(".")[0]
        if not spec.has_location or spec.origin is None:
            return  # a namespace: folders without a file of their own
        file = Path(spec.origin)
        is_package = spec.submodule_search_locations is not None
        self.files[f"{name.replace('.', '/')}/{file.name}" if is_package else _beside(name, file)] = file
        if file.suffix == ".py":
            yield from _imported(file, name if is_package else name.rpartition(".")[0])

    def _is_followed(self, top: str) -> bool:
        if top in self._tops:
            return True
        if not top or top in sys.stdlib_module_names or top in sys.builtin_module_names:
            return False
        return bool(self._folders & self._folders_of(top))

    def _folders_of(self, top: str) -> set[Path]:
        """Return the folders that a top-level module lies in, without those of installed packages."""
        spec = find_module(top, self._known)
        if spec is None:
            return set()
        places = spec.submodule_search_locations or (
            [spec.origin] if spec.has_location and spec.origin else []
        )
        return {Path(place).resolve().parent for place in places} - _installed()


def _beside(name: str, file: Path) -> str:
    return f"{name.rpartition('.')[0].replace('.', '/')}/{file.name}".lstrip("/")


@cache
def _installed() -> set[Path]:
    """Return the folders that packages are installed in: what lies side by side there belongs to anyone."""
    paths = sysconfig.get_paths()
    named = [paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    return {Path(each).resolve() for each in (*named, *site.getsitepackages(), site.getusersitepackages())}


def _imported(file: Path, package: str) -> Iterator[str]:
    """Yield the names of modules that a file of a package imports, and of what may be one."""
    for statement in _import_statements(file.read_text(encoding="utf-8", errors="replace")):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            around = package.split(".")[: len(package.split(".")) - statement.level + 1]
            base = ".".join([*(around if statement.level else ()), *filter(None, [statement.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in statement.names)


def _import_statements(text: str) -> Iterator[ast.stmt]:
    """Yield the import statements of a source text, except those for type checkers.

    Only lines that begin like an import are parsed: to parse all of it takes twenty times as long. A line of
    a docstring that begins so is no statement, or names a module that is not there.
    """
    resume = 0
    for found in _IMPORT_LINE.finditer(text):
        if found.start() < resume:
            continue
        if found["types"]:
            after = re.compile(rf"^[ \t]{{0,{len(found['indent'])}}}[^\s#]", re.MULTILINE).search(
                text, found.end()
            )
            resume = after.start() if after else len(text)
            continue
        with suppress(SyntaxError, ValueError):
            yield from ast.parse(found["statement"]).body


_IMPORT_LINE = re.compile(
    r"""^(?P<indent>[ \t]*)
    (?: (?P<types>if[ \t]+(?:\w+\.)?TYPE_CHECKING[ \t]*:)
      | (?:(?:try|else|finally)[ \t]*:[ \t]*)?
        (?P<statement>
            from[ \t]+[.\w]+[ \t]+import[ \t]*\((?:[^)#]|\#[^\n]*)*\)
          | (?:from|import)[ \t]+[.\w](?:[^\n\\]|\\\n)*
        )
    )""",
    re.MULTILINE | re.VERBOSE,
)
