"""The examples of the page 'Your detector': each runs, against a real service where it talks to one."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.contract import check
from framejudge.detectors.opened import OpenedDetector

EXAMPLES = Path(__file__).parents[2] / "examples"
MOST_LINES = 10
PICTURE = np.full((30, 40, 3), (255, 0, 0), np.uint8)


def example(module: str, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"example_{module}", EXAMPLES / f"{module}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, name)


def broken(detector: Any) -> list[str]:
    return [f"{one.rule}: {one.text}" for one in check(OpenedDetector(detector)) if not one.kept]


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_a_detector_takes_ten_lines_at_most(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
            assert len([line for line in lines if line.strip()]) <= MOST_LINES


def test_a_plain_class() -> None:
    assert broken(example("plain_class", "Bright")()) == []


def test_a_pipeline_of_scikit_learn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import joblib
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    chance = np.random.default_rng(0)
    pictures, framed = chance.random((40, 16 * 16 * 3)), np.arange(40) % 2
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(pictures + framed[:, None], framed)
    joblib.dump(fitted, tmp_path / "pipeline.joblib")
    monkeypatch.chdir(tmp_path)
    assert broken(example("scikit_pipeline", "Pipeline")()) == []


def test_a_module_of_pytorch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch.nn", reason="PyTorch is not installed: pip install torch")
    torch = importlib.import_module("torch")
    layers = [torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 1)]
    torch.jit.script(torch.nn.Sequential(*layers)).save(tmp_path / "network.pt")
    monkeypatch.chdir(tmp_path)
    assert broken(example("pytorch_module", "Network")()) == []


class Service(BaseHTTPRequestHandler):
    """Both protocols: a picture's score is the mean of its first channel."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v2/models/frames/infer":
            (tensor,) = asked["inputs"]
            values = np.array(tensor["data"], np.float32).reshape(tensor["shape"])
            assert (tensor["datatype"], values.shape) == ("FP32", (1, 3, 64, 64))
            share = float(values[0, 0].mean())
            answer: Any = {"outputs": [{"name": "out", "shape": [1, 1], "datatype": "FP32", "data": [share]}]}
        elif self.path == "/v1/models/frames:predict":
            values = np.array(asked["instances"], np.float32)
            assert values.shape == (1, 64, 64, 3)
            share = float(values[0, ..., 0].mean() / 255)
            answer = {"predictions": [[1 - share, share]]}
        elif self.path == "/v1/models/many:predict":
            answer = {"predictions": [[0.1] * 1000]}
        else:
            self.send_error(404, "no such model")
            return
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name it overrides
        pass


@contextmanager
def served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "path"),
    [("KServe", "/v2/models/frames/infer"), ("TensorFlowServing", "/v1/models/frames:predict")],
)
def test_an_http_service(name: str, path: str) -> None:
    with served() as address:
        detector = example("http_services", name)()
        detector.url = f"{address}{path}"
        assert detector.predict(PICTURE) == pytest.approx(1)
        assert detector.predict(PICTURE[..., ::-1]) == pytest.approx(0)
        assert broken(detector) == []
        detector.framed_class = 0
        assert detector.predict(PICTURE) == pytest.approx(0)


def test_a_service_that_does_not_answer_as_it_should_is_one_line() -> None:
    detector = example("http_services", "TensorFlowServing")()
    with served() as address:
        detector.url = f"{address}/v1/models/none:predict"
        with pytest.raises(InputError, match="the service answers 404"):
            detector.predict(PICTURE)
        detector.url = f"{address}/v1/models/many:predict"
        with pytest.raises(InputError, match="gives 1000 numbers for a picture"):
            detector.predict(PICTURE)
    with pytest.raises(InputError, match="no score can be had: URLError"):
        detector.predict(PICTURE)


def test_a_program(tmp_path: Path) -> None:
    tool = tmp_path / "tool.py"
    tool.write_text(
        "import io, sys\nimport numpy as np\nfrom PIL import Image\n"
        "pixels = np.asarray(Image.open(io.BytesIO(sys.stdin.buffer.read())).convert('RGB'))\n"
        "print('score', pixels[..., 0].mean() / 255)\n"
    )
    detector = example("program", "Tool")()
    with pytest.raises(InputError, match="there is no program 'frame-tool'"):
        detector.load()
    detector.command = (sys.executable, str(tool))
    detector.load()
    assert detector.predict(PICTURE) == 1
    detector.command = (sys.executable, "-c", "import sys; sys.exit('out of order')")
    with pytest.raises(InputError, match=r"it prints no score \(exit code 1\): out of order"):
        detector.predict(PICTURE)


def test_a_plug_in_installs_is_found_by_its_name_and_passes_its_own_tests(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", reason="the plug-in is built by setuptools")
    source, site = tmp_path / "plugin", tmp_path / "site"
    shutil.copytree(EXAMPLES / "plugin", source)
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*install, "--target", str(site), str(source)], check=True, capture_output=True)
    path = os.pathsep.join([str(site), *(one for one in sys.path if one)])
    environment = {**os.environ, "PYTHONPATH": path}
    look = "from framejudge.detectors.registry import find; print(find('red-border').target)"
    found = subprocess.run(
        [sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "frame_plugin:RedBorder"
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(source / "tests")]
    done = subprocess.run(tests, env=environment, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
