from __future__ import annotations

from pathlib import Path

import pytest

from framejudge.datasets.codes import MuteList, code_of, read_mute_list, uncoded
from framejudge.datasets.codes.muting import muted_line, shown
from framejudge.datasets.errors import InputError

BUSY = code_of("machine-busy").says("load 3.0")
GONE = code_of("detector-failed").says("canny failed")


def test_a_muted_warning_is_kept_counted_and_not_shown() -> None:
    found = MuteList(frozenset({"FJ101"})).applied_to([BUSY, uncoded("old"), BUSY])
    assert [one.text for one in shown(found)] == ["old"]
    assert muted_line(found) == "2 warnings are muted: FJ101 machine-busy"
    assert muted_line([BUSY]) == ""


def test_an_error_is_never_muted() -> None:
    assert shown(MuteList(frozenset({"FJ206"})).applied_to([GONE])) == [GONE]
    with pytest.raises(InputError, match="FJ206 detector-failed is an error, and errors cannot be muted"):
        read_mute_list(Path("nowhere"), ["FJ206"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("framejudge.toml", '[warnings]\nmute = ["FJ101", "clock-governor"]\n'),
        ("pyproject.toml", '[tool.framejudge.warnings]\nmute = ["FJ101", "clock-governor"]\n'),
    ],
)
def test_option_and_configuration_add_up(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_mute_list(tmp_path, ["generated-set,FJ106"]).numbers == {"FJ101", "FJ105", "FJ301", "FJ106"}


def test_without_any_nothing_is_muted(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert read_mute_list(tmp_path) == MuteList()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[warnings]\nmute = ["FJ999"]\n', "there is no code 'FJ999'"),
        ('[warnings]\nmuted = ["FJ101"]\n', "unknown key 'muted'"),
        ('[warnings]\nmute = "FJ101"\n', "mute is no list of codes"),
        ("warnings = 3\n", "not a table"),
        ("[warnings\n", "cannot be read as TOML"),
    ],
)
def test_a_mute_list_with_an_error_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "framejudge.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        read_mute_list(tmp_path)
