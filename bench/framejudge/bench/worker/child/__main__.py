"""Starts the worker: ``python -P THIS/FILE PATH/TO/detectors/opened.py MARKER LIFELINE LIMIT_KIB``.

The modules of this folder become a package under a name that nobody else has. The folder stays off the path
(``-P``): a detector's own ``import wire`` must find the detector's module, and ``import framejudge`` the
version that is installed in this environment.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path

PACKAGE = "_framejudge_worker"


def main() -> None:
    """Import the package that this file lies in under its private name, and answer commands."""
    folder = Path(__file__).parent
    file, marker_file, lifeline, limit_kib = sys.argv[1:]
    _import(PACKAGE, folder / "__init__.py", [str(folder)])
    marker = importlib.import_module(f"{PACKAGE}.marker").Marker(int(marker_file))
    os.close(int(marker_file))
    # Before anything is imported that starts threads: those would not live on in the worker.
    importlib.import_module(f"{PACKAGE}.supervisor").become_worker(marker, int(lifeline), int(limit_kib))
    _import(f"{PACKAGE}.opened", Path(file))
    importlib.import_module(f"{PACKAGE}.loop").main(marker)


def _import(name: str, file: Path, submodules_in: list[str] | None = None) -> None:
    """Import a file under a name of our choice."""
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=submodules_in)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    main()
