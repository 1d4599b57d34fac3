"""duo: the network decides where it is sure; where it is not, both are weighed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ai_edge_litert", reason="needs framejudge[litert]")

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.canny import CannyDetector
from framejudge.detectors.duo import DuoDetector, fitting
from framejudge.detectors.duo.detector import combine, log_odds, probability_of
from framejudge.detectors.duo.fitting import Asked, fit
from framejudge.detectors.duo.parameters import DEFAULT_FILE, Weights, read_parameters
from framejudge.detectors.network.model.runtimes import LitertInt8Detector
from framejudge.detectors.protocol import Image
from framejudge.detectors.registry import create, find


@pytest.fixture
def duo() -> DuoDetector:
    detector = DuoDetector()
    detector.load()
    return detector


def framed() -> Image:
    image = np.random.default_rng(2).integers(120, 140, (240, 240, 3), dtype=np.uint8)
    image[:24] = image[-24:] = image[:, :24] = image[:, -24:] = (180, 20, 30)
    return image


def saying(monkeypatch: pytest.MonkeyPatch, network: float, ruleset: float) -> list[str]:
    """Have both say given probabilities, and return a list that grows when the ruleset is asked."""
    asked: list[str] = []

    def rule(self: CannyDetector, image: Image) -> float:
        asked.append("ruleset")
        return ruleset

    sides = np.full(4, 0.1)
    monkeypatch.setattr(LitertInt8Detector, "infer_sides", lambda self, prepared: (network, sides))
    monkeypatch.setattr(CannyDetector, "predict", rule)
    return asked


def test_a_real_frame_is_found_located_and_explained(duo: DuoDetector) -> None:
    image = framed()
    assert duo.predict(image) >= duo.threshold
    box = duo.locate(image)
    assert box is not None
    assert max(abs(one - other) for one, other in zip(box, (24, 24, 216, 216), strict=True)) <= 2
    text = duo.explain(image).text
    assert "Network 0." in text or "Network 1." in text
    assert "ruleset " in text
    duo.close()


def test_the_ruleset_is_asked_only_where_the_network_is_unsure(
    duo: DuoDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = probability_of(duo.parameters.sure + 0.1)
    for network, times in ((sure, 0), (1 - sure, 0), (0.5, 1)):
        asked = saying(monkeypatch, network, 0.9)
        duo.predict(framed())
        assert len(asked) == times


def test_where_the_network_is_unsure_the_ruleset_decides(
    duo: DuoDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = []
    for ruleset in (0.001, 0.5, 0.999):
        saying(monkeypatch, 0.5, ruleset)
        scores.append(duo.predict(framed()))
    assert scores[0] < 0.5 < scores[2]
    assert scores == sorted(scores)


def test_the_box_is_of_whoever_is_surer(duo: DuoDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = Box(1, 1, 9, 9), Box(2, 2, 8, 8)
    monkeypatch.setattr(LitertInt8Detector, "place", lambda self, image, sides, score: ours)
    monkeypatch.setattr(CannyDetector, "locate", lambda self, image: theirs)
    saying(monkeypatch, 0.6, 0.99)
    assert duo.locate(framed()) == theirs
    saying(monkeypatch, 0.9999, 0.2)
    assert duo.locate(framed()) == ours
    monkeypatch.setattr(CannyDetector, "locate", lambda self, image: None)
    saying(monkeypatch, 0.6, 0.99)
    assert duo.locate(framed()) == ours
    saying(monkeypatch, 0.0001, 0.2)
    assert duo.locate(framed()) is None


def test_an_explanation_does_not_change_the_score(duo: DuoDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    saying(monkeypatch, 0.9999, 0.2)
    one, both = duo.opinions(framed()), duo.opinions(framed(), ask_both=True)
    assert one.ruleset is None
    assert both.ruleset == pytest.approx(log_odds(0.2))
    assert one.score == both.score


def test_the_weights_are_of_the_files_that_are_shipped(duo: DuoDetector) -> None:
    """New weights of the network need new weights of duo: fit them again with `duo.fitting`."""
    assert duo.parameters.network_sha256 == duo.network.exported.sha256


def test_without_litert_the_pip_line_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = sys.modules["importlib.util"].find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *rest: None if name == "ai_edge_litert" else find_spec(name, *rest),
    )
    with pytest.raises(InputError, match=r"pip install 'framejudge\[litert\]'"):
        create(find("duo"))


def test_parameters_that_are_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "duo.json"
    with pytest.raises(InputError, match="no parameters of duo"):
        read_parameters(file)
    file.write_text(DEFAULT_FILE.read_text(encoding="utf-8").replace('"sure"', '"surely"'), encoding="utf-8")
    with pytest.raises(InputError, match="no parameters of duo"):
        DuoDetector(file)


def test_log_odds_are_finite_and_turn_back() -> None:
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))
    assert probability_of(log_odds(0.3)) == pytest.approx(0.3)
    assert combine(Weights(network=2, ruleset=1, shift=-1), 0.5, 0.25) == pytest.approx(probability_of(0.25))


def made(count: int, seed: int, hand: str) -> Asked:
    """Return opinions of which the ruleset's are right, and the network's only where it is sure."""
    rng = np.random.default_rng(seed)
    is_framed = rng.random(count) < 0.5
    sign = np.where(is_framed, 1.0, -1.0)
    network = sign * np.where(np.arange(count) % 8, 6.0, 0.0) + rng.normal(0, 1, count)
    ruleset = sign * 3 + rng.normal(0, 1, count)
    return Asked("made", "", network, ruleset, is_framed, np.full(count, hand))


def test_the_fit_leans_on_the_ruleset_where_the_network_knows_nothing() -> None:
    sets = [made(800, 1, "a"), made(400, 2, "b")]
    cascade = fit(sets)
    assert 0.2 < cascade.sure < 5
    assert cascade.together.ruleset > 0.3
    everything = np.ones(400, np.bool_)
    alone = float(np.mean((sets[1].network >= 0) == sets[1].framed))
    assert cascade.right(sets[1], everything) > alone + 0.02
    assert fit(sets, without_hand="b").right(sets[1], everything) > alone
    assert fitting._figures(cascade, sets[0]).asked == pytest.approx(fitting.MOST_ASKED, abs=0.02)
