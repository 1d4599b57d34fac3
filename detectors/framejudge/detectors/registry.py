"""Detectors by name: built-in ones, those of installed packages, ``package.module:Class``, and model files.

Any of them may be followed by ``+FILE.json``: settings of one's own, see `framejudge.detectors.settings`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from posixpath import normpath
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.datasets.import_closure import find_module, source_files
from framejudge.detectors import settings
from framejudge.detectors.model_file import names as model_files
from framejudge.detectors.naming import check_target, no_attribute, no_module
from framejudge.detectors.protocol import Detector

ENTRY_POINT_GROUP = "framejudge.detectors"
_WITH_SETTINGS = re.compile(r"(?P<base>.*?)(?P<files>(?:\+[^+]*\.json)+)", re.DOTALL)

BUILT_IN_ORIGIN = "built-in"
"""Where our own detectors come from: what they raise is a bug of ours."""


@dataclass(frozen=True, slots=True)
class DetectorSpec:
    """A name, what it stands for, and what it takes to make one.

    Attributes
    ----------
    name
        As the user wrote it.
    target
        ``package.module:Class``; imported only when a detector is made.
    summary
        One line for ``bench detectors``.
    files
        Weights or parameters, relative to the target's module; run.json records their hashes.
    extra
        The optional dependency of framejudge that it needs, if any, and the module that this brings.
    takes
        The schema of the settings file that it can be made with in place of its own; None for none.
    given
        Files that were given with the name, as absolute paths: what the class is made with.
    calibrations
        The calibration that its scores go through, as an absolute path; empty without one.
    """

    name: str
    target: str
    summary: str = ""
    files: tuple[str, ...] = ()
    extra: str | None = None
    extra_module: str | None = None
    origin: str = BUILT_IN_ORIGIN
    takes: str | None = None
    given: tuple[str, ...] = ()
    calibrations: tuple[str, ...] = ()


BUILT_IN: Mapping[str, DetectorSpec] = {
    spec.name: spec
    for spec in (
        DetectorSpec(
            "canny",
            "framejudge.detectors.canny:CannyDetector",
            "gradient-boosted trees over features of straight edges near the sides (OpenCV Canny)",
            files=("parameters.json",),
            takes=settings.PARAMETERS,
        ),
        DetectorSpec(
            "canny-2016",
            "framejudge.detectors.canny_2016:Canny2016Detector",
            "a dozen readable rules over Canny's edges, as the published baseline of 2016; nothing fitted",
        ),
        DetectorSpec(
            "canny-skimage",
            "framejudge.detectors.peers.canny_skimage:CannySkimageDetector",
            "the features and trees of canny on scikit-image's Canny edges",
            files=("../canny/parameters.json",),
            takes=settings.PARAMETERS,
        ),
        DetectorSpec(
            "hog",
            "framejudge.detectors.peers.hog:HogDetector",
            "scikit-image's histograms of oriented gradients and a linear model",
            files=("hog.json",),
        ),
        DetectorSpec(
            "trim",
            "framejudge.detectors.peers.trim:TrimDetector",
            "borders of one colour within a tolerance, as image tools trim them",
        ),
        DetectorSpec(
            "edge-density",
            "framejudge.detectors.peers.edge_density:EdgeDensityDetector",
            "share of Canny's edges in the outer 15 pixels, as a public script judges thumbnails",
        ),
        DetectorSpec(
            "equal-lines",
            "framejudge.detectors.peers.equal_lines:EqualLinesDetector",
            "a drawn border by equal lines on four sides, as a public cropper finds it",
        ),
        DetectorSpec(
            "cnn",
            "framejudge.detectors.network:CnnDetector",
            "the recommended network: one small convolutional trunk reads the four sides alike",
            files=("weights/cnn.keras", "weights/cnn.json", "weights/snapping.json"),
            extra="tensorflow",
            extra_module="tensorflow",
        ),
        DetectorSpec(
            "cnn-2016",
            "framejudge.detectors.network:Cnn2016Detector",
            "the published network of 2016 (61,441 parameters), with weights of ours",
            files=("weights/cnn-2016.keras", "weights/cnn-2016.json"),
            extra="tensorflow",
            extra_module="tensorflow",
        ),
        DetectorSpec(
            "duo",
            "framejudge.detectors.duo:DuoDetector",
            "cnn-litert-int8 first, canny as well where the network is unsure; explains itself with both",
            files=(
                "duo.json",
                "../network/weights/cnn-int8.tflite",
                "../network/weights/cnn-int8.tflite.json",
                "../network/weights/snapping.json",
                "../canny/parameters.json",
            ),
            extra="litert",
            extra_module="ai_edge_litert",
        ),
        DetectorSpec(
            "cnn-litert",
            "framejudge.detectors.network.model.runtimes:LitertDetector",
            "cnn on LiteRT (TensorFlow Lite), float32",
            files=("../weights/cnn.tflite", "../weights/cnn.tflite.json"),
            extra="litert",
            extra_module="ai_edge_litert",
        ),
        DetectorSpec(
            "cnn-litert-int8",
            "framejudge.detectors.network.model.runtimes:LitertInt8Detector",
            "cnn on LiteRT, 8-bit weights and arithmetic",
            files=("../weights/cnn-int8.tflite", "../weights/cnn-int8.tflite.json"),
            extra="litert",
            extra_module="ai_edge_litert",
        ),
        DetectorSpec(
            "cnn-onnx",
            "framejudge.detectors.network.model.runtimes:OnnxDetector",
            "cnn on ONNX Runtime, float32",
            files=("../weights/cnn.onnx", "../weights/cnn.onnx.json"),
            extra="onnx",
            extra_module="onnxruntime",
        ),
        DetectorSpec(
            "cnn-openvino",
            "framejudge.detectors.network.model.runtimes:OpenvinoDetector",
            "cnn on OpenVINO, float32",
            files=("../weights/cnn.onnx", "../weights/cnn.onnx.json"),
            extra="openvino",
            extra_module="openvino",
        ),
        DetectorSpec(
            "cnn-openvino-bf16",
            "framejudge.detectors.network.model.runtimes:OpenvinoBf16Detector",
            "cnn on OpenVINO, bfloat16, on CPUs that have it",
            files=("../weights/cnn.onnx", "../weights/cnn.onnx.json"),
            extra="openvino",
            extra_module="openvino",
        ),
    )
}


def available() -> dict[str, DetectorSpec]:
    """Return every named detector: built-in ones first, then those of installed packages."""
    specs = dict(BUILT_IN)
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        specs.setdefault(entry.name, _spec_of_entry_point(entry))
    return specs


def find(name: str) -> DetectorSpec:
    """Return what a name of ``--detectors`` stands for.

    Raises
    ------
    InputError
        For a name that nobody registered, where the message offers the nearest ones, for a
        ``package.module:Class`` that does not exist, and for settings of another detector. Nobody's code is
        imported to find that out.
    """
    with_settings = _WITH_SETTINGS.fullmatch(name)
    if with_settings is not None:
        spec = replace(find(with_settings["base"]), name=name)
        for file in re.split(r"\+(?=[^+]*\.json)", with_settings["files"])[1:]:
            spec = _with_settings(spec, Path(file), with_settings["base"])
        return spec
    if model_files.is_model_file(name):
        return _spec_of_model_file(name)
    if ":" in name:
        _make_current_folder_importable()
        check_target(name, name)
        return DetectorSpec(name, name, origin="given on the command line")
    specs = available()
    if name in specs:
        return specs[name]
    model_files.refuse_other_model(name)
    near = difflib.get_close_matches(name.lower(), specs, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise InputError(
        f"unknown detector {name!r}",
        where="--detectors",
        fix=f"{hint}available: {', '.join(specs)}, package.module:Class, or a model file",
    )


def _with_settings(spec: DetectorSpec, file: Path, base: str) -> DetectorSpec:
    """Return a detector with a settings file, after looking whether the two belong together."""
    kind, path = settings.kind_of(file, without_schema=spec.takes), str(file.absolute())
    if kind == settings.CALIBRATION:
        if spec.calibrations:
            raise InputError("a second calibration", where=file, fix="give one")
        settings.check_calibration(file, spec.name.removesuffix(f"+{file}"), spec.target, weights_of(spec))
        return replace(spec, calibrations=(path,))
    if kind != spec.takes:
        raise InputError(f"no settings of {base!r}", where=file, fix="see `bench tune` and `bench calibrate`")
    return replace(spec, given=(*spec.given, path), files=(), takes=None)


def weights_of(spec: DetectorSpec) -> dict[str, str]:
    """Return the SHA-256 of the files that a detector's scores come from, by name.

    These are its weights or parameters, or the files that were given with its name; for one without any, the
    source of its module.
    """
    files = own_files(spec) | {Path(path).name: Path(path) for path in spec.given}
    if not files:
        found = find_module(_module_of(spec))
        files = {Path(found.origin).name: Path(found.origin)} if found and found.origin else {}
    return settings.sha256_of({Path(name).name: path for name, path in files.items()})


def find_all(names: str | Sequence[str]) -> list[DetectorSpec]:
    """Return the specs of a list, in order; a string has commas between the names.

    Raises
    ------
    InputError
        For an empty list, an unknown name or one given twice.
    """
    given = names.split(",") if isinstance(names, str) else names
    wanted = [name.strip() for name in given if name.strip()]
    if not wanted:
        raise InputError("no detector given", where="--detectors", fix="for example --detectors canny,cnn")
    repeated = sorted({name for name in wanted if wanted.count(name) > 1})
    if repeated:
        raise InputError(f"{', '.join(repeated)} given twice", where="--detectors", fix="name each once")
    return [find(name) for name in wanted]


def create(spec: DetectorSpec) -> Detector:
    """Make the detector that a spec stands for; nothing is loaded yet.

    Raises
    ------
    InputError
        When its module or class does not exist, needs an extra that is not installed, or has no ``predict``.
    """
    if spec.extra_module is not None and importlib.util.find_spec(spec.extra_module) is None:
        raise InputError(
            f"detector {spec.name!r} needs {spec.extra_module}, which is not installed",
            fix=f"pip install 'framejudge[{spec.extra}]'",
        )
    module_name, _, attribute = spec.target.partition(":")
    detector_class = _import_class(spec, module_name, attribute)
    try:
        detector = detector_class(*spec.given)
    except TypeError as problem:
        if problem.__traceback__ is not None and problem.__traceback__.tb_next is not None:
            raise  # from within its __init__
        how = "with the files that were given" if spec.given else "without arguments"
        raise InputError(
            f"detector {spec.name!r} cannot be made {how}: {problem}",
            fix="give every argument of __init__ a default",
        ) from problem
    if not callable(getattr(detector, "predict", None)):
        raise InputError(
            f"{spec.target} has no method predict(image)",
            where=f"detector {spec.name!r}",
            fix="see `bench detectors --help` for the interface",
        )
    # Checked above: it has the one required method.
    return settings.with_calibrations(detector, spec.calibrations)  # type: ignore[no-any-return]


def file_hashes(spec: DetectorSpec) -> dict[str, str]:
    """Return the SHA-256 of each file that decides the scores of what a name stands for, by its import path.

    These are the sources of its module and of all that it imports, as
    `framejudge.datasets.import_closure.source_files` finds them, and its weights or parameters. Nothing is
    imported.
    """
    _make_current_folder_importable()
    given = {Path(path).name: Path(path) for path in (*spec.given, *spec.calibrations)}
    files = {**source_files(_module_of(spec)), **own_files(spec), **given}
    return settings.sha256_of({name: files[name] for name in sorted(files)})


def own_files(spec: DetectorSpec) -> dict[str, Path]:
    """Return a detector's weights or parameters by their import paths, as far as they exist."""
    _make_current_folder_importable()
    module = _module_of(spec)
    found = find_module(module)
    if found is None or not found.origin:
        return {}
    is_package = found.submodule_search_locations is not None
    package = (module if is_package else module.rpartition(".")[0]).replace(".", "/")
    folder = Path(found.origin).parent
    paths = {normpath(f"{package}/{name}").lstrip("/"): folder / name for name in spec.files}
    return {name: path for name, path in paths.items() if path.is_file()}


def _module_of(spec: DetectorSpec) -> str:
    return spec.target.partition(":")[0]


def _spec_of_model_file(name: str) -> DetectorSpec:
    named = model_files.find_model_file(name)
    return DetectorSpec(
        name,
        model_files.TARGET,
        extra=named.runtime.extra,
        extra_module=named.runtime.module,
        origin="model file",
        takes=settings.DESCRIPTION,
        given=named.given,
    )


def _spec_of_entry_point(entry: EntryPoint) -> DetectorSpec:
    package = entry.dist.name if entry.dist else "an installed package"
    return DetectorSpec(entry.name, entry.value, origin=package)


def _make_current_folder_importable() -> None:
    """Let ``my_module:Class`` name a file beside the user; a console script does not by itself."""
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)


def _import_class(spec: DetectorSpec, module_name: str, attribute: str) -> Any:
    _make_current_folder_importable()
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as problem:
        if problem.name and (module_name == problem.name or module_name.startswith(f"{problem.name}.")):
            raise no_module(spec.name, module_name) from problem
        raise InputError(
            f"its module needs {problem.name!r}, which is not installed",
            where=f"detector {spec.name!r}",
            fix="install it",
        ) from problem
    if not hasattr(module, attribute):
        raise no_attribute(spec.name, module_name, attribute, _public_classes(module))
    return getattr(module, attribute)


def _public_classes(module: object) -> list[str]:
    return [name for name, value in vars(module).items() if isinstance(value, type) and name[0] != "_"]
