"""Labels that scores contradict."""

from __future__ import annotations

import importlib.util
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from framejudge.datasets.errors import InputError

FOLDS = 5
FEWEST_OF_A_CLASS = 20
"""With fewer labelled images of a class, a model learnt from them says nothing about their labels."""


class Suspect(NamedTuple):
    """A label to look at: the image's position, and the score (of framed) that contradicts it."""

    position: int
    score: float


def out_of_fold_scores(
    features: npt.NDArray[np.float32],
    framed: npt.NDArray[np.bool_],
    bundles: npt.NDArray[np.intp],
    seed: int = 0,
) -> npt.NDArray[np.float64]:
    """Return for each image the probability of framed from a quick model that has not seen its bundle.

    A logistic regression on standardised features, in `FOLDS` folds that part no bundle.

    Parameters
    ----------
    features, framed, bundles
        Shapes (n, m), (n,) and (n,).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # Strong regularisation: a model that could learn the wrong labels by heart would not contradict them.
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    probabilities = cross_val_predict(
        model, features, framed, groups=bundles, cv=folds, method="predict_proba"
    )
    return np.asarray(probabilities[:, 1], dtype=np.float64)


def area_under_curve(
    framed: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.float64],
    bundles: npt.NDArray[np.intp],
    draws: int = 200,
) -> tuple[float, float]:
    """Return the lower end of a 95 % interval of the area under the ROC curve, and the area.

    The interval is that of a bootstrap over bundles: images of one photo are drawn together.

    Parameters
    ----------
    framed, scores, bundles
        Shape (n,): labels of both classes, scores against them, and which images belong together.
    """
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(0)
    _, codes = np.unique(bundles, return_inverse=True)
    areas = []
    for _ in range(draws):
        weights = np.bincount(
            random.integers(0, codes.max() + 1, codes.max() + 1), minlength=codes.max() + 1
        )[codes]
        if weights[framed].any() and weights[~framed].any():
            areas.append(roc_auc_score(framed, scores, sample_weight=weights))
    return float(np.quantile(areas, 0.025)), float(roc_auc_score(framed, scores))


def enough_to_learn(framed: npt.NDArray[np.bool_], bundles: npt.NDArray[np.intp]) -> bool:
    """Say whether there is enough of both classes for `out_of_fold_scores`."""
    return all(
        np.count_nonzero(framed == label) >= FEWEST_OF_A_CLASS
        and len(np.unique(bundles[framed == label])) >= 2 * FOLDS
        for label in (False, True)
    )


def require_cleanlab() -> None:
    """Say at once, not after minutes of looking at files, that `contradicted` cannot work.

    Raises
    ------
    InputError
        When cleanlab is not installed.
    """
    if importlib.util.find_spec("cleanlab") is None:
        raise InputError(
            "doubting labels needs cleanlab, which is not installed", fix="pip install 'framejudge[audit]'"
        )


def contradicted(framed: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> list[Suspect]:
    """Return the labels that scores contradict, the most doubtful first, by confident learning.

    Parameters
    ----------
    framed, scores
        Shape (n,): the labels, and the probability of framed from a model that did not learn from them.

    References
    ----------
    Northcutt, Jiang, Chuang: Confident learning: estimating uncertainty in dataset labels, JAIR 70 (2021).
    """
    from cleanlab.filter import find_label_issues

    found = find_label_issues(
        framed.astype(int),
        np.column_stack([1 - scores, scores]),
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    return [Suspect(int(index), float(scores[index])) for index in found]


def beyond_threshold(
    framed: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64], threshold: float
) -> list[Suspect]:
    """Return the images on the other side of the threshold than their label, the farthest first.

    For a set with one class, where nothing can be learnt: ``scores`` come from elsewhere.
    """
    wrong = np.flatnonzero((scores >= threshold) != framed)
    distance = np.abs(scores[wrong] - threshold)
    return [
        Suspect(int(index), float(scores[index])) for index in wrong[np.argsort(-distance, kind="stable")]
    ]
