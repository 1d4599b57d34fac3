"""A made-up gate.json with a rule of each verdict."""

from __future__ import annotations

from pathlib import Path

from framejudge.bench.run import Figure
from framejudge.bench.run.verdicts import SCHEMA, Baseline, GateResults, GateRule, RuleVerdict, write_gate


def write_made_gate(place: Path) -> GateResults:
    """Write gate.json into a run's folder: one rule fails, one cannot be judged, one passes."""
    gate = GateResults(
        schema=SCHEMA,
        version="0.1.0",
        started="2026-11-21T10:20:00+00:00",
        finished="2026-11-21T10:25:00+00:00",
        verdict="fail",
        soft=False,
        interrupted=False,
        exit_code=1,
        run="runs/first",
        dataset="made up",
        baselines=[Baseline(kind="git", where="git:v1.2", identity="3fa9c1")],
        rules_from="gate.toml",
        rules=[
            RuleVerdict(
                rule=GateRule(detector="cnn", metric="auc", condition="min", limit=0.95),
                verdict="pass",
                reason="0.981 is above 0.95 beyond doubt",
                after=Figure(value=0.981, low=0.97, high=0.99, method="delong-logit", n=1000),
                minimum_detectable_effect=0.963,
            ),
            RuleVerdict(
                rule=GateRule(
                    detector="cnn",
                    metric="latency",
                    condition="max_growth",
                    limit=0.03,
                    minimum_detectable_effect=0.05,
                ),
                verdict="cannot judge",
                reason="the machine was too noisy: pairs spread by 9 %",
                change=Figure(value=0.04, low=-0.03, high=0.11, method="bootstrap over pairs", n=16),
                pairs=16,
                minimum_detectable_effect=0.09,
                advice=["latency moved by 4 % between sessions"],
            ),
            RuleVerdict(
                rule=GateRule(
                    detector="cnn",
                    metric="accuracy",
                    condition="max_drop",
                    limit=0.005,
                    minimum_detectable_effect=0.02,
                ),
                verdict="fail",
                reason="accuracy fell by 1.9 points, and 0.5 are allowed",
                before=Figure(value=0.93, n=1000),
                after=Figure(value=0.911, n=1000),
                change=Figure(value=-0.019, low=-0.031, high=-0.008, method="bonett-price", n=1000),
                p=0.002,
                minimum_detectable_effect=0.011,
            ),
        ],
    )
    write_gate(place, gate)
    return gate
