"""How good is the audit's list of doubtful labels? Right labels are flipped, and looked for.

    bench dataset frame PHOTOS --out set --count 1000
    python tests/benchmarks/audit_study.py set --times 10

Each time 4 % of the labels are wrong (``--wrong``), others each time. The quick model is learnt from them as
`bench dataset audit` does. What counts is what it lists: precision and recall, or that it lists nothing
because it cannot tell. With ``--wrong 0`` anything that it lists is a false doubt.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

from framejudge.datasets.audit.auditing import quick_doubts
from framejudge.datasets.audit.facts import look_at_all
from framejudge.datasets.audit.features import quick_features
from framejudge.datasets.audit.list_quality import contradiction
from framejudge.datasets.images.near_duplicates import bundles, look_alike
from framejudge.datasets.images.perceptual_hash import NEAR_DUPLICATE_BITS
from framejudge.datasets.table.reading import read_dataset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--wrong", type=float, default=0.04, help="share of labels that are flipped")
    options = parser.parse_args()
    samples = [sample for sample in read_dataset(options.set) if sample.label]
    paths = [sample.path for sample in samples]
    facts = list(look_at_all(options.set, paths, quick_features, threads=os.cpu_count() or 1))
    features = np.array([fact.features for fact in facts])
    looks = look_alike([fact.looks for fact in facts], NEAR_DUPLICATE_BITS).tolist()
    together = bundles([sample.group for sample in samples], looks)
    truth = np.array([sample.label == "framed" for sample in samples])
    for seed in range(options.times):
        wrong = np.zeros(len(truth), dtype=bool)
        wrong[np.random.default_rng(seed).permutation(len(truth))[: round(options.wrong * len(truth))]] = True
        labels = truth ^ wrong
        note, scores, least = quick_doubts(features, labels, together)
        said = "nothing listed"
        if least is not None:
            listed = contradiction(labels, scores) >= least
            right = int(np.sum(listed & wrong))
            precision, recall = right / listed.sum(), right / max(1, wrong.sum())
            said = f"{listed.sum()} listed, precision {precision:.2f}, recall {recall:.2f}"
        print(f"{seed}: {said}; {note.message}", flush=True)


if __name__ == "__main__":
    main()
