"""The page's script: plain ES modules, joined into one text that stands inline in the page.

The page loads nothing, so its modules cannot import each other in the browser. Each one becomes a function
with a scope of its own, and an import becomes a look-up of what that function returned.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

_IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def page_script() -> str:
    """Return the script of the report's page."""
    folder = files("framejudge.reports.page").joinpath("script")
    return joined("main.js", lambda name: folder.joinpath(name).read_text(encoding="utf-8"))


def joined(entry: str, read: Callable[[str], str]) -> str:
    """Return a module and all that it imports as one script, every module after those that it imports.

    Understood are ``import {a, b} from "./file.js";``, ``import * as name from "./file.js";``, and ``export``
    before ``const``, ``function`` and ``class``.

    Parameters
    ----------
    entry
        The file name of the first module.
    read
        Returns the text of a module.

    Raises
    ------
    ValueError
        Where modules import each other in a circle, a name is imported that is not exported, or an import or
        export is written in another way.
    """
    exports: dict[str, list[str]] = {}
    parts: list[str] = []

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"{' imports '.join([*importers[importers.index(name) :], name])}: a circle")
        if name in exports:
            return
        text = read(name)
        for found in _IMPORT.finditer(text):
            add(found[3], (*importers, name))
            if missing := set(_names(found[1])) - set(exports[found[3]]):
                raise ValueError(
                    f"{name} imports {', '.join(sorted(missing))}, which {found[3]} does not export"
                )
        exports[name] = _EXPORT.findall(text)
        parts.append(_scoped(name, text, exports[name]))

    add(entry, ())
    return f'(() => {{\n"use strict";\nconst modules = {{}};\n{"".join(parts)}}})();\n'


def _scoped(name: str, text: str, exported: list[str]) -> str:
    """Return a module as a function that returns what it exports, called once."""
    body = _EXPORT.sub("", _IMPORT.sub(_looked_up, text))
    if left := _LEFT_OVER.search(body):
        raise ValueError(f"{name}: {left[0]!r} cannot be joined")
    return f'modules["{name}"] = (() => {{\n{body}return {{ {", ".join(exported)} }};\n}})();\n'


def _looked_up(found: re.Match[str]) -> str:
    target = found[2] or f"{{ {', '.join(_names(found[1]))} }}"
    return f'const {target} = modules["{found[3]}"];\n'


def _names(listed: str | None) -> list[str]:
    return [name for part in (listed or "").split(",") if (name := part.strip())]
