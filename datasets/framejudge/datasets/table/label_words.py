"""The words that stand for framed and plain in other people's sets, and what to make of an unknown one.

A class is never suggested for its negation: ``unframed`` is near to ``framed`` in letters and its opposite.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.sample import LABELS, Label

UNLABELLED = "unlabelled"
_OPTION = "--labels"
_FRAMED = frozenset(
    {"framed", "frame", "frames", "withframe", "hasframe", "border", "borders", "bordered", "withborder"}
    | {"hasborder", "1", "true", "t", "yes", "y", "positive", "pos"}
)
_PLAIN = frozenset(
    {"plain", "clean", "none", "borderless", "frameless", "without", "normal", "original"}
    | {"0", "false", "f", "no", "n", "negative", "neg"}
)
_NEGATION = re.compile(
    r"(?:non|not|no|un|without|wo|w/o|de|never|zero|ohne|kein|keine|sans)[\s_./-]*(?P<of>[a-z].*)|(?P<less>.+)less"
)


@dataclass(frozen=True, slots=True)
class LabelWords:
    """What stands for which label.

    Attributes
    ----------
    given
        Words of ``--labels`` by label; None is the key of those that mean unlabelled.
    """

    given: Mapping[Label | None, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, option: str | None) -> LabelWords:
        """Read ``framed=1|yes,plain=0``; None stands for no words beside our own.

        Raises
        ------
        InputError
            For an option that is none.
        """
        given: dict[Label | None, tuple[str, ...]] = {}
        for pair in [] if option is None else option.split(","):
            ours, _, theirs = (part.strip() for part in pair.partition("="))
            words = tuple(word.strip() for word in theirs.split("|") if word.strip())
            if ours not in (*LABELS, UNLABELLED) or not words:
                fix = "write framed=...,plain=..., each with your words for it and | between several"
                raise InputError(f"{pair.strip()!r} explains no label", where=_OPTION, fix=fix)
            label: Label | None = next((one for one in LABELS if one == ours), None)
            given[label] = (*given.get(label, ()), *words)
        everything = [word.casefold() for words in given.values() for word in words]
        twice = next((word for word in everything if everything.count(word) > 1), None)
        if twice is not None:
            raise InputError(f"{twice!r} is explained twice", where=_OPTION, fix="give it one meaning")
        return cls(given)

    def knows(self, text: str) -> bool:
        """Whether a text, in any case, stands for a label or for none."""
        return text.strip().casefold() in self._meanings()

    def label_of(self, text: str) -> Label | None:
        """Return what a known text stands for; None for unlabelled."""
        return self._meanings()[text.strip().casefold()]

    def word_for(self, label: Label) -> str:
        """Return the word to write for a label: the set's own where it has one."""
        return self.given.get(label, (label,))[0]

    def option_for(self, unknown: Iterable[str], known: Iterable[str] = ()) -> str:
        """Return ``--labels``, completed with unknown words as far as their meaning can be guessed.

        Parameters
        ----------
        unknown
            Words that stand for no label yet.
        known
            Further words of the same set. Of two words of a set, one of which is clear, the other is too.
        """
        guesses, open_ = guess_labels(unknown, known)
        words: dict[Label, list[str]] = {label: list(self.given.get(label, ())) for label in LABELS}
        for label in LABELS:
            words[label] += [text for text, guess in guesses.items() if guess == label]
        if open_:
            words = {label: found or ["..."] for label, found in words.items()}
        parts = [f"{label}={'|'.join(found)}" for label, found in words.items() if found]
        if self.given.get(None):
            parts.append(f"{UNLABELLED}={'|'.join(self.given[None])}")
        return f"{_OPTION} {shlex.quote(','.join(parts))}"

    def _meanings(self) -> dict[str, Label | None]:
        own: dict[str, Label | None] = {label: label for label in LABELS}
        return own | {word.casefold(): label for label, words in self.given.items() for word in words}


def guess_labels(unknown: Iterable[str], known: Iterable[str] = ()) -> tuple[dict[str, Label], list[str]]:
    """Guess what words mean; return the guesses, and the words without one.

    >>> guess_labels(["with frame", "no_frame"])
    ({'with frame': 'framed', 'no_frame': 'plain'}, [])
    >>> guess_labels(["1", "2"])
    ({'1': 'framed'}, ['2'])
    """
    words, others = list(dict.fromkeys(unknown)), list(dict.fromkeys(known))
    found = {word: _meaning(word) for word in [*words, *others]}
    clear = {label for label in found.values() if label is not None}
    left = [word for word, label in found.items() if label is None]
    if len(found) == 2 and len(left) == 1 and len(clear) == 1 and not left[0].strip().isdigit():
        (label,) = clear
        found[left[0]] = LABELS[1 - LABELS.index(label)]
    guesses = {word: guess for word in words if (guess := found[word]) is not None}
    return guesses, [word for word in words if word not in guesses]


def nearest_class(text: str) -> Label | None:
    """Return the class that a text is a slip of the pen of; None for none, and for a class's negation."""
    word = text.strip().casefold()
    if _negated(word) is not None or _bare(word) in _FRAMED | _PLAIN:
        return None
    near = difflib.get_close_matches(word, LABELS, n=1)
    return next((label for label in LABELS if near and label == near[0]), None)


def _meaning(text: str) -> Label | None:
    word = text.strip().casefold()
    if _bare(word) in _FRAMED:
        return "framed"
    if _bare(word) in _PLAIN:
        return "plain"
    negated = _negated(word)
    if negated is not None:
        of = _meaning(negated) or nearest_class(negated)
        return None if of is None else LABELS[1 - LABELS.index(of)]
    return nearest_class(word)


def _negated(word: str) -> str | None:
    """Return what a word denies; None where it denies nothing."""
    match = _NEGATION.fullmatch(word)
    return None if match is None else match["of"] or match["less"]


def _bare(word: str) -> str:
    """Return a word without punctuation, and a number without the ``.0`` of a column with gaps."""
    number = re.fullmatch(r"([01])\.0*", word)
    return number[1] if number else re.sub(r"[\W_]", "", word)
