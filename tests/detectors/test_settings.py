"""``NAME+FILE.json``: a detector with settings of one's own, and which files are refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.calibrated import (
    CalibratedDetector,
    Calibration,
    read_calibration,
    write_calibration,
)
from framejudge.detectors.canny.parameters import DEFAULT_FILE
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.opening import open_detector
from framejudge.detectors.registry import create, file_hashes, find, find_all, weights_of

SHOP = Calibration(
    detector="canny",
    target="framejudge.detectors.canny:CannyDetector",
    weights=weights_of(find("canny")),
    slope=2.0,
    shift=-1.0,
    threshold=0.25,
)
NOISE = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_calibration(SHOP, tmp_path / "shop.json")
    return tmp_path


def test_a_calibration_is_read_as_it_was_written(shop: Path) -> None:
    assert read_calibration(shop / "shop.json") == SHOP


def test_scores_become_probabilities_and_back() -> None:
    scores = np.array([0.0, 0.2, 0.5, 0.9, 1.0])
    probabilities = SHOP.probability(scores)
    assert (np.diff(probabilities) > 0).all() and ((probabilities > 0) & (probabilities < 1)).all()
    assert SHOP.probability(0.5) == pytest.approx(1 / (1 + np.e))
    assert SHOP.score_at(float(probabilities[1])) == pytest.approx(0.2)
    assert np.isnan(SHOP.probability(np.nan)) and SHOP.probability(1.5) == 1.5


def test_a_calibrated_detector_offers_what_the_detector_offers(shop: Path) -> None:
    plain, own = open_detector(find("canny")), open_detector(find("canny+shop.json"))
    assert own.predict(NOISE) == pytest.approx(float(SHOP.probability(plain.predict(NOISE))))
    assert own.predict_staged(NOISE) == pytest.approx(own.predict(NOISE))
    assert own.threshold == 0.25
    assert own.raw._detector.threshold == pytest.approx(SHOP.score_at(0.25))  # what locate goes by
    assert (own.locates, own.explains, own.takes_batches) == (
        plain.locates,
        plain.explains,
        plain.takes_batches,
    )
    stricter = open_detector(find("canny+shop.json"), threshold=0.9)
    assert stricter.raw._detector.threshold == pytest.approx(SHOP.score_at(0.9))


def test_batches_go_through_the_calibration() -> None:
    class Batches:
        def predict(self, image: object) -> float:
            return 0.5

        def predict_batch(self, images: list[object]) -> list[float]:
            return [0.5, 0.9][: len(images)]

    opened = OpenedDetector(CalibratedDetector(Batches(), SHOP))
    assert opened.predict_batch([NOISE, NOISE]).tolist() == SHOP.probability([0.5, 0.9]).tolist()
    assert not opened.has("load") and not opened.locates


def test_the_fingerprint_covers_the_file_and_the_name_is_as_typed(shop: Path) -> None:
    spec, other = find_all("canny+shop.json,canny")
    assert (spec.name, other.name) == ("canny+shop.json", "canny")
    before = file_hashes(spec)
    assert before.keys() - file_hashes(other).keys() == {"shop.json"}
    write_calibration(replace(SHOP, threshold=0.3), shop / "shop.json")
    assert {name for name in before if file_hashes(spec)[name] != before[name]} == {"shop.json"}


def test_parameters_of_bench_tune_take_the_place_of_cannys_own(shop: Path) -> None:
    document = json.loads(DEFAULT_FILE.read_text())
    (shop / "own.json").write_text(json.dumps(document | {"threshold": 0.123}))
    spec = find("canny+own.json")
    assert create(spec).threshold == 0.123  # type: ignore[attr-defined]
    names = file_hashes(spec).keys()
    assert "own.json" in names and "framejudge/detectors/canny/parameters.json" not in names
    assert create(find("canny-skimage+own.json")).threshold == 0.123  # type: ignore[attr-defined]
    # A calibration belongs to the parameters that it was fitted for.
    with pytest.raises(InputError, match=r"another version of 'canny\+own.json'"):
        find("canny+own.json+shop.json")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("canny+none.json", "none.json: there is no such file; give a file of `bench calibrate`"),
        ("canny+broken.json", "broken.json: not JSON"),
        ("canny+other.json", "other.json: no settings of a detector"),
        ("canny+damaged.json", "damaged.json: no calibration can be read"),
        (
            "hog+shop.json",
            "shop.json: fitted for 'canny', and no threshold for 'hog'; fit one: bench calibrate",
        ),
        ("canny-skimage+shop.json", "fitted for 'canny', and no threshold for 'canny-skimage'"),
        (
            "canny+old.json",
            "fitted for another version of 'canny': its weights, parameters or code have changed",
        ),
        ("canny+shop.json+shop.json", "a second calibration"),
        ("hog+parameters.json", "parameters.json: no settings of 'hog'"),
        ("cany+shop.json", "unknown detector 'cany'; did you mean 'canny'?"),
        ("canny+shop", "unknown detector 'canny+shop'"),
    ],
)
def test_what_does_not_belong_to_a_detector_is_refused_in_one_line(shop: Path, name: str, said: str) -> None:
    (shop / "broken.json").write_text("{")
    (shop / "other.json").write_text('{"schema": "else"}')
    (shop / "damaged.json").write_text('{"schema": "framejudge/calibration/1", "slope": "x"}')
    write_calibration(replace(SHOP, weights={"parameters.json": "0"}), shop / "old.json")
    shutil.copy(DEFAULT_FILE, shop / "parameters.json")
    with pytest.raises(InputError) as raised:
        find(name)
    assert said in str(raised.value) and "\n" not in str(raised.value)


def test_a_folder_may_have_a_plus_in_its_name(shop: Path) -> None:
    (shop / "a+b").mkdir()
    (shop / "a+b" / "own.onnx").touch()
    (shop / "own.json").write_text('{"scale": "0..1"}')
    spec = find("a+b/own.onnx+own.json")
    assert spec.given == (str(shop / "a+b" / "own.onnx"), str(shop / "own.json"))
    assert spec.name == "a+b/own.onnx+own.json"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.onnx", "nowhere.onnx: there is no such model file"),
        ("own.pt", "a .pt file cannot be run as it is; export it: torch.onnx.export"),
        ("own.h5", "a .h5 file cannot be run as it is; save it as .keras"),
    ],
)
def test_a_file_that_is_no_model_is_one_line(name: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        find(name)
    assert said in str(raised.value)
