"""Starts the worker: ``python -P PATH/TO/THIS/FILE``.

The modules of this folder become a package under a name that nobody else has. The folder stays off the path
(``-P``): a detector's own ``import wire`` must find the detector's module, and ``import framejudge`` the
version that is installed in this environment.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

PACKAGE = "_framejudge_worker"


def main() -> None:
    """Import the package that this file lies in under its private name, and answer commands."""
    folder = Path(__file__).parent
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{PACKAGE}.loop").main()


if __name__ == "__main__":
    main()
