// What a detector says of an image at the thresholds set on the page, and whether that is right.

import { percent, scoreText } from "./format.js";
import { FRAMED, boxes, detectors, flips, labels, scores, trueBoxes } from "./run.js";

/** The thresholds as they stand on the page now; the panels move them. */
export const thresholds = detectors.map((detector) => detector.threshold);

/** Whether a detector says framed; null where it has no score. @param {number} d @param {number} i */
export const says = (d, i) => (Number.isNaN(scores[d][i]) ? null : scores[d][i] >= thresholds[d]);

/** @param {number} d @param {number} i */
export const isWrong = (d, i) => labels[i] >= 0 && says(d, i) !== null && says(d, i) !== (labels[i] === FRAMED);

/** What stands on a card, and the class that colours it. @param {number} d @param {number} i @returns {[string, string]} */
export function verdictOf(d, i) {
  const answer = says(d, i);
  if (answer === null) return ["No score", "unknown"];
  if (labels[i] < 0) return [answer ? "Says framed, no label" : "Says plain, no label", "unknown"];
  if (!isWrong(d, i)) return [answer ? "Frame found" : "Rightly left alone", "right"];
  return answer ? ["False alarm", "wrong"] : ["Missed frame", "wrong"];
}

/** How far a score is from its threshold, as a share of the largest distance on that side. @param {number} d @param {number} i */
export function distance(d, i) {
  const score = scores[d][i];
  const limit = thresholds[d];
  const room = score >= limit ? 1 - limit : limit;
  return room > 0 ? Math.abs(score - limit) / room : 1;
}

/** Intersection over union of the located and the true box; NaN where one is missing. @param {number} d @param {number} i */
export function overlap(d, i) {
  const [one, other] = [boxes[d].get(i), trueBoxes.get(i)];
  if (!one || !other) return NaN;
  const area = (/** @type {import("./run.js").Box} */ box) => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
  const common =
    Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0])) *
    Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]));
  const union = area(one) + area(other) - common;
  return union > 0 ? common / union : 0;
}

/** @param {number} d @param {number} i */
export function overlapText(d, i) {
  const share = overlap(d, i);
  return Number.isNaN(share) ? "" : `box overlaps the true one by ${percent(share)}`;
}

/** Whether a flip fixed the image or is a regression, with both scores. @param {number} d @param {number} i */
export function flipText(d, i) {
  const before = flips[d].get(i);
  if (before === undefined) return "";
  const moved = `${scoreText(before)} → ${scoreText(scores[d][i])}`;
  if (labels[i] < 0) return `Flipped: ${moved}`;
  const rightNow = (scores[d][i] >= detectors[d].threshold) === (labels[i] === FRAMED);
  return rightNow ? `Fixed: ${moved}` : `Regressed: ${moved}`;
}
