"""The JSON Schema of results.json, from the dataclasses.

``python tests/results_schema.py > bench/framejudge/bench/run/schema.json`` brings the file up to date.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from framejudge.bench.run.results import SCHEMA, Results


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema of results.json, version 1."""
    return {"$id": SCHEMA, **TypeAdapter(Results).json_schema()}


if __name__ == "__main__":
    print(json.dumps(results_schema(), indent=1, sort_keys=True))
