"""A detector behind an HTTP service: KServe's Open Inference Protocol (v2) or TensorFlow Serving's REST."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError
from framejudge.detectors.protocol import Image

TIMEOUT_S = 30.0


class HttpDetector:
    """A classifier that a service runs; a subclass says where it is and what it takes.

    Attributes
    ----------
    url
        Where the model is asked: ``.../v2/models/NAME/infer`` (KServe v2) or ``.../v1/models/NAME:predict``.
    size_px
        Side of the picture that it takes.
    scale
        ``"0..255"`` or ``"0..1"``: what the values of a pixel become.
    layout
        ``"NHWC"`` or ``"NCHW"``.
    framed_class
        Which of two outputs is framed; of a single output, 0 says that it is the probability of plain.
    input_name
        Of KServe's input tensor.

    >>> class Served(HttpDetector):
    ...     url = "http://localhost:8080/v2/models/frames/infer"
    ...     size_px = 128
    ...     threshold = 0.6
    """

    url = ""
    size_px = 128
    scale: Literal["0..255", "0..1"] = "0..255"
    layout: Literal["NHWC", "NCHW"] = "NHWC"
    framed_class: Literal[0, 1] = 1
    input_name = "input"

    def prepare(self, image: Image) -> bytes:
        """Return the body of the request for a picture."""
        resized = cv2.resize(image, (self.size_px, self.size_px), interpolation=cv2.INTER_AREA)
        values = resized.astype(np.float32) / (255 if self.scale == "0..1" else 1)
        ordered = values.transpose(2, 0, 1) if self.layout == "NCHW" else values
        if ":predict" in self.url:
            return json.dumps({"instances": [ordered.tolist()]}).encode()
        tensor = {
            "name": self.input_name,
            "shape": [1, *ordered.shape],
            "datatype": "FP32",
            "data": ordered.ravel().tolist(),
        }
        return json.dumps({"inputs": [tensor]}).encode()

    def infer(self, prepared: bytes) -> float:
        """Ask the service, and return the probability of a frame.

        Raises
        ------
        InputError
            Where the service does not answer, or not with one or two numbers.
        """
        request = urllib.request.Request(
            self.url, data=prepared, headers={"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                outputs = _outputs(json.loads(answer.read()))
        except urllib.error.HTTPError as problem:
            text = problem.read()[:200].decode("utf-8", "replace")
            raise InputError(f"the service answers {problem.code}: {text}", where=self.url) from problem
        except (OSError, ValueError, KeyError, TypeError, IndexError) as problem:
            raise InputError(
                f"no score can be had: {problem!r}", where=self.url, fix="see its log"
            ) from problem
        if len(outputs) == 2:
            return float(outputs[self.framed_class])
        if len(outputs) != 1:
            raise InputError(f"it gives {len(outputs)} numbers for a picture, not 1 or 2", where=self.url)
        return float(outputs[0] if self.framed_class else 1 - outputs[0])

    def predict(self, image: Image) -> float:
        """Return the probability of a frame, in [0, 1]."""
        return self.infer(self.prepare(image))


def _outputs(answer: Any) -> npt.NDArray[np.float64]:
    """Return the numbers of an answer: TensorFlow Serving's predictions, or KServe's first output."""
    found = answer["predictions"] if "predictions" in answer else answer["outputs"][0]["data"]
    return np.asarray(found, np.float64).reshape(-1)
