"""What a reader must know before believing a run's figures."""

from __future__ import annotations

from framejudge.bench.run import Results

GENERATED_WARNING = (
    "this is a generated set, drawn for trying things out. It is no evidence about anyone's shop: "
    "measure on your own labelled pictures before you decide."
)


def warnings_of(results: Results) -> list[str]:
    """Return the run's own warnings, and first of all that a generated set is no evidence."""
    own = [GENERATED_WARNING] if results.dataset.generated else []
    return own + [text for text in results.warnings if not own or "generated" not in text]
