"""bench run --detectors canny,http_services:KServe,http_services:TensorFlowServing"""

from framejudge.detectors.outside.http_service import HttpDetector


class KServe(HttpDetector):
    url = "http://127.0.0.1:8080/v2/models/frames/infer"
    size_px = 64
    layout = "NCHW"
    scale = "0..1"


class TensorFlowServing(HttpDetector):
    url = "http://127.0.0.1:8501/v1/models/frames:predict"
    size_px = 64
