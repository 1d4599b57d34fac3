"""What the pages say can be done: commands with their options, files, modules and links that there are."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from framejudge.bench.cli.main import app

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/**/*.md", "detectors/**/*.md", "tests/**/*.md")
    for path in ROOT.glob(pattern)
)
BENCH = typer.main.get_command(app)

MADE_WITH_THE_SITE = {Path("docs/reference/commands.md"), Path("docs/reference/python.md")}
"""Pages that docs/site/hooks.py writes."""

each_page = pytest.mark.parametrize("page", PAGES, ids=str)


def text_of(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield language and content of each fenced block, and of what is indented by four spaces."""
    fence = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    yield from fence.findall(text)
    for indented in re.findall(r"(?:^ {4}.*\n)+", fence.sub("", text), re.MULTILINE):
        yield "", indented


def commands(page: Path, program: str) -> Iterator[list[str]]:
    """Yield the words that follow a program's name, for each time that the page's code calls it."""
    text = text_of(page)
    lines = [line for language, block in blocks(text) if language != "python" for line in block.splitlines()]
    lines += [" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]
    for line in lines:
        own = re.sub(r"\$\([^)]*\)", "NAME", line)  # what another program is told is not our option
        for part in re.split(r" && |; | \|\| ", own):
            found = re.fullmatch(rf"[\s-]*(?:\S*/)?{program} (.*)", part)
            if found:
                yield shlex.split(found[1], comments=True)


def links(page: Path) -> list[Path]:
    """Return where the page's links lead, those to the web left out."""
    targets = re.findall(r"\]\(([^)#\s]+)", text_of(page))
    return [ROOT / page.parent / target for target in targets if "://" not in target]


def test_pages_and_commands_are_found() -> None:
    assert Path("README.md") in PAGES and Path("docs/ci.md") in PAGES
    assert ["run", "--detectors", "canny,cnn"] in list(commands(Path("README.md"), "bench"))
    called = {words[0] for page in PAGES for words in commands(page, "bench")}
    assert called >= {"run", "gate", "compare", "history", "report", "dataset", "train", "sweep", "export"}
    scripts = {words[0] for page in PAGES for words in commands(page, r"python3?")}
    assert "-m" in scripts and any(name.startswith(("docs/", "tests/")) for name in scripts)


@each_page
def test_every_command_and_option_exists(page: Path) -> None:
    for words in commands(page, "bench"):
        command = BENCH
        while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, f"bench {' '.join(words)}"
            command = command.commands[words.pop(0)]
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given <= known, f"bench {' '.join(words)}"


@each_page
def test_every_script_and_module_exists(page: Path) -> None:
    for words in commands(page, r"python3?"):
        if words[0] == "-m":
            assert importlib.util.find_spec(words[1]) is not None, words[1]
        else:
            assert (ROOT / words[0]).is_file(), words[0]


@each_page
def test_python_examples_are_python(page: Path) -> None:
    for language, block in blocks(text_of(page)):
        if language == "python":
            ast.parse(block)


@pytest.mark.parametrize(
    "block", [block for language, block in blocks(text_of(Path("docs/ci.md"))) if language == "yaml"]
)
def test_the_recipes_are_yaml_and_run_the_gate(block: str) -> None:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML")
    content = yaml.safe_load(block)
    job = content["jobs"]["gate"] if "jobs" in content else content["gate"]
    assert "bench gate" in str(job)
    assert "allow_failure" not in job and "||" not in block.replace("sha || github", "")  # only 0 is green


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    missing = [target for target in links(page) if not target.exists()]
    assert [str(target) for target in missing if target.relative_to(ROOT) not in MADE_WITH_THE_SITE] == []


def test_every_page_of_docs_can_be_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page not in reached and page.suffix == ".md" and page.is_file():
            reached.add(page)
            ahead += links(page.relative_to(ROOT))
    assert set((ROOT / "docs").glob("*.md")) <= reached


def test_every_path_that_contributing_names_exists() -> None:
    words = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text_of(Path("CONTRIBUTING.md")))
    roots = ("bench/", "datasets/", "detectors/", "reports/", "tests/")
    paths = [word for word in words if word.startswith(roots) and " " not in word]
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_page_is_in_the_sites_navigation() -> None:
    # The rest of mkdocs.yml is checked by `tox -e docs`, which builds the site.
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    made = {page.relative_to("docs").as_posix() for page in MADE_WITH_THE_SITE}
    assert listed == pages | made
