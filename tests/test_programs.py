"""Programs that tests run are asked what they are first."""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import PROGRAMS, found, needs, required


@pytest.fixture
def path_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Put a program that answers with these words on a PATH of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for program in PROGRAMS.values():
        if program.variable:
            monkeypatch.delenv(program.variable, raising=False)

    def put(name: str, answer: str) -> str:
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
        file.chmod(0o755)
        return str(file)

    return put


IMAGEMAGICK_6 = "Version: ImageMagick 6.9.11-60 Q16 x86_64"
IMAGEMAGICK_7 = "Version: ImageMagick 7.1.1-43 Q16-HDRI x86_64"


def test_another_program_of_the_name_is_not_taken(path_of) -> None:  # type: ignore[no-untyped-def]
    path_of("convert", "convert 2.1: converts units of measurement")
    assert found("ImageMagick") is None
    with pytest.raises(pytest.skip.Exception, match="needs ImageMagick"):
        required("ImageMagick")
    assert needs("ImageMagick").args == (True,)


@pytest.mark.parametrize(("name", "answer"), [("convert", IMAGEMAGICK_6), ("magick", IMAGEMAGICK_7)])
def test_imagemagick_is_found_by_both_of_its_names(path_of, name: str, answer: str) -> None:  # type: ignore[no-untyped-def]
    path = path_of(name, answer)
    assert found("ImageMagick") == path


def test_the_right_one_is_taken_where_another_has_its_older_name(path_of) -> None:  # type: ignore[no-untyped-def]
    path_of("convert", "convert 2.1: converts units of measurement")
    path = path_of("magick", IMAGEMAGICK_7)
    assert found("ImageMagick") == path


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_what_cannot_be_started_is_not_installed(path_of, name: str) -> None:  # type: ignore[no-untyped-def]
    for alias in PROGRAMS[name].names:
        Path(path_of(alias, "anything")).write_bytes(b"\x7fELF and nothing else")
    assert found(name) is None


def test_a_path_given_by_variable_is_asked_too(path_of, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("FRAMEJUDGE_CHROMIUM", path_of("browser", "Chromium 140.0.7339.80"))
    assert found("Chromium") is not None
    monkeypatch.setenv("FRAMEJUDGE_CHROMIUM", path_of("editor", "Some editor 1.0"))
    assert found("Chromium") is None
