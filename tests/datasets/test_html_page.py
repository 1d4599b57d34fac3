"""The shell of self-contained pages: one policy, everything escaped."""

from __future__ import annotations

import base64
import hashlib

import pytest

from framejudge.datasets.html_page import content_policy, render_page

PACKAGE = "pages_of_a_test"


@pytest.fixture(autouse=True)
def templates(tmp_path, monkeypatch):
    folder = tmp_path / PACKAGE / "templates"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "page.j2").write_text("<head>{{ head }}</head><h1>{{ name }}</h1><script>{{ script }}</script>")
    monkeypatch.syspath_prepend(tmp_path)


def page(**more):
    return render_page(PACKAGE, "page.j2", **{"title": "a < b", "style": "a > b {}", "name": "c & d"} | more)


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_what_comes_from_outside_is_escaped_and_style_and_script_are_not():
    text = page(script="1 < 2")
    assert "<title>a &lt; b</title>" in text and "<h1>c &amp; d</h1>" in text
    assert "<style>a > b {}</style>" in text and "<script>1 < 2</script>" in text


def test_the_policy_names_the_style_and_the_script_by_their_hashes():
    assert f'content="{content_policy("a > b {}", "1 < 2")}"' in page(script="1 < 2")
    policy = content_policy("style", "script").split("; ")
    assert policy[:3] == [
        "default-src 'none'",
        f"script-src 'sha256-{digest('script')}'",
        f"style-src 'sha256-{digest('style')}'",
    ]


def test_a_page_without_a_script_allows_none():
    assert "script-src" not in content_policy("style")
