"""FJ4..: what `bench dataset audit` finds. The names are those of the column `check` of findings.csv."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

MISSING_FILE = Code(
    "FJ401",
    "missing-file",
    Severity.ERROR,
    "Rows without a file",
    "The labels table lists a file that is not there.",
    "The image is in no figure, and the set is not the one that was labelled.",
    "Put the file there, or remove its row.",
)
UNREADABLE = Code(
    "FJ402",
    "unreadable",
    Severity.ERROR,
    "Files that cannot be read",
    "The decoder refused the file.",
    "The image is in no figure.",
    "Replace or remove it.",
)
CONTRADICTION = Code(
    "FJ403",
    "contradiction",
    Severity.ERROR,
    "The same pixels with two labels",
    "Two files have the same decoded pixels, and one is labelled framed, the other plain.",
    "Every detector is wrong on one of them.",
    "Correct the label that is wrong, and keep one of the files.",
)
PARTED = Code(
    "FJ404",
    "parted",
    Severity.ERROR,
    "On two sides of a split",
    "Images of one group, or near-duplicates, are in several parts of a split.",
    "What is tested was trained on, so that accuracy is too good.",
    "`bench dataset split` writes a split that parts no group and no near-duplicates.",
)
CONTENT_BOX = Code(
    "FJ405",
    "content-box",
    Severity.ERROR,
    "Content boxes that cannot be right",
    "A content box reaches outside its picture (an error), or a framed image's box is the whole picture (a "
    "warning).",
    "How well detectors locate frames is measured against these boxes.",
    "Correct the box, or the label.",
)
DOUBTFUL_LABEL = Code(
    "FJ406",
    "doubtful-label",
    Severity.WARNING,
    "Labels that scores contradict",
    "Scores of a detector, or of a quick model of the other images, speak against the label so clearly "
    "that most of the listed labels are expected to be wrong.",
    "A wrong label counts a right answer as a mistake.",
    "Look at the pictures, the first ones first, and correct the labels that are wrong.",
)
NEAR_CONTRADICTION = Code(
    "FJ407",
    "near-contradiction",
    Severity.WARNING,
    "Look the same, with two labels",
    "Perceptual hashes of two images of different groups nearly agree, and the labels differ.",
    "One of the labels may be wrong. Images that look the same are not independent either.",
    "Check both labels, and give both images one group.",
)
DUPLICATE = Code(
    "FJ408",
    "duplicate",
    Severity.WARNING,
    "The same pixels twice",
    "Two files have the same decoded pixels and one label.",
    "The image counts twice, so that intervals are too narrow.",
    "Keep one of them.",
)
NEAR_DUPLICATE = Code(
    "FJ409",
    "near-duplicate",
    Severity.WARNING,
    "Look the same",
    "Perceptual hashes of two images of different groups differ in at most 4 of 64 bits (`--near-bits`).",
    "They are not independent: intervals are too narrow, and a split may part them.",
    "Give both one group, or keep one of them.",
)
CLASS_BALANCE = Code(
    "FJ410",
    "class-balance",
    Severity.WARNING,
    "Balance of the classes",
    "The labels are counted. Below a fifth of one class it is a warning, else a note.",
    "Where one class is rare, a detector that never names it has a high accuracy.",
    "Find more images of the rare class, or read the balanced accuracy.",
)
WRONG_EXTENSION = Code(
    "FJ411",
    "wrong-extension",
    Severity.WARNING,
    "Contents and extension differ",
    "The file's first bytes say another format than its name.",
    "Programs that go by the name fail on it.",
    "Rename it.",
)
TINY = Code(
    "FJ412",
    "tiny",
    Severity.WARNING,
    "Tiny pictures",
    "A side is shorter than 32 pixels.",
    "A frame of few pixels cannot be seen in it.",
    "Remove it, or get it in its full size.",
)
HUGE = Code(
    "FJ413",
    "huge",
    Severity.WARNING,
    "Huge pictures",
    "A side is longer than 4,096 pixels.",
    "A thumbnail of a shop is far smaller, and times on it are those that matter.",
    "Store it at the size that the shop shows.",
)
ANIMATED = Code(
    "FJ414",
    "animated",
    Severity.WARNING,
    "Animations",
    "The file holds several frames of an animation.",
    "Detectors see the first frame only, and the label may be that of another one.",
    "Store the frame that is meant.",
)
UNLISTED = Code(
    "FJ415",
    "unlisted",
    Severity.WARNING,
    "Images without a row",
    "An image is in the folder, and the labels table does not name it.",
    "It is in no figure. Its row may have been lost.",
    "Add a row, or remove the file.",
)
UNLABELLED = Code(
    "FJ416",
    "unlabelled",
    Severity.NOTE,
    "Without a label",
    "The label of a row is empty.",
    "The image is kept and scored, and no figure counts it.",
    "Label it, for example with `bench dataset review`.",
)
NOT_SCORED = Code(
    "FJ417",
    "not-scored",
    Severity.WARNING,
    "Pictures that the detector failed on",
    "The detector that doubts labels raised an error, or its score is not in [0, 1].",
    "Nobody doubted the label of this picture.",
    "Mend the detector.",
)
NOT_DOUBTED = Code(
    "FJ418",
    "not-doubted",
    Severity.NOTE,
    "Labels that nobody doubted",
    "There is too little to learn from, or what was learnt says too little: most doubts would be wrong.",
    "Wrong labels may be there, and this audit cannot find them.",
    "Doubt labels by a detector (`--detector cnn`), or by stored scores (`--scores RUN`).",
)
QUICK_MODEL = Code(
    "FJ419",
    "quick-model",
    Severity.NOTE,
    "Who doubted the labels",
    "A quick model of the set was learnt, each image scored by what was learnt from the others.",
    "The list of doubtful labels is as good as this model: the note has its AUC and the expected share of "
    "wrong labels in the list.",
    "Doubt by a detector where the note says that the model is weak.",
)
