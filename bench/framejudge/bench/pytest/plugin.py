"""The pytest plug-in: the fixture ``framejudge_run``, so that a detector's gate is a test beside the others.

pytest loads this module in every session, also in those that never look at an image. So it imports nothing
but pytest; all else comes with the first call of the fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from framejudge.bench.pytest.judged_run import JudgedRun

CANNOT_JUDGE = "framejudge_cannot_judge"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting that says what becomes of a test whose rule cannot be judged."""
    parser.addini(
        CANNOT_JUDGE,
        "what becomes of a test when the data cannot tell whether a rule is kept: fail or skip",
        default="fail",
    )


@pytest.fixture(scope="session")
def framejudge_run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., JudgedRun]:
    """Run detectors over a labelled set as ``bench run`` does, once a session for the same arguments.

    >>> def test_canny(framejudge_run):
    ...     run = framejudge_run("canny", dataset="thumbnails")
    ...     run.assert_at_least("accuracy", 0.90)

    `framejudge.bench.pytest.judged_run.Sessions.run` has the arguments, `JudgedRun` what can be asserted.
    """
    from framejudge.bench.pytest.judged_run import Sessions

    wanted = str(request.config.getini(CANNOT_JUDGE))
    if wanted not in ("fail", "skip"):
        raise pytest.UsageError(f"{CANNOT_JUDGE} = {wanted}: give fail or skip")
    return Sessions(tmp_path_factory.getbasetemp() / "framejudge", skip_unjudged=wanted == "skip").run
