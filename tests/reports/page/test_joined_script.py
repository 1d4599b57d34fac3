"""Modules of the page's script become one text, every module after those that it imports."""

from __future__ import annotations

import re
import subprocess

import pytest
from programs import required

from framejudge.reports.page.joined_script import joined, page_script


def run_script(text: str) -> str:
    command = [required("Node.js"), "-e", text]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_each_module_keeps_its_own_names() -> None:
    modules = {
        "main.js": 'import * as one from "./one.js";\nimport { double } from "./two.js";\n'
        "const hidden = 1;\nconsole.log(one.value, double(hidden));\n",
        "one.js": 'import { double } from "./two.js";\nconst hidden = 20;\n'
        "export const value = double(hidden);\n",
        "two.js": "const hidden = 2;\nexport function double(number) {\n  return hidden * number;\n}\n",
    }
    assert run_script(joined("main.js", modules.__getitem__)) == "40 2"


@pytest.mark.parametrize(
    ("main", "complaint"),
    [
        ('import { absent } from "./one.js";\n', "main.js imports absent, which one.js does not export"),
        ('import { value } from "./main.js";\n', "main.js imports main.js: a circle"),
        ("export let value = 1;\n", "export let value = 1;"),
        ("import value from './one.js';\n", "import value from"),
    ],
)
def test_what_cannot_be_joined_is_refused(main: str, complaint: str) -> None:
    modules = {"main.js": main, "one.js": "export const value = 1;\n"}
    with pytest.raises(ValueError, match=re.escape(complaint)):
        joined("main.js", modules.__getitem__)


def test_the_pages_script_is_whole() -> None:
    script = page_script()
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script
    assert script.rindex('modules["dom.js"] =') < script.index('modules["gallery.js"] =')
