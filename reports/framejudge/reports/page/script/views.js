// The gallery's views: which images each one shows, how many they are, and in which order they stand.

import { distance, isWrong, overlap, thresholds } from "./judging.js";
import * as review from "./review.js";
import { FRAMED, PLAIN, active, boxes, count, detectors, errors, flips, labels, latency, scores, unreadable } from "./run.js";

/** @typedef {"mistakes" | "alarms" | "missed" | "differ" | "flips" | "boxes" | "slow" | "unscored" | "marked" | "all"} View */
/** @typedef {import("./filters.js").Question} Question */

/** @type {Partial<Record<View, string>>} */
const USUAL_ORDER = { mistakes: "wrong", alarms: "wrong", missed: "wrong", differ: "gap", flips: "flip", boxes: "box", slow: "slow" };

/** @param {Iterable<number>} positions */
function marksAt(positions) {
  const found = new Uint8Array(count);
  for (const i of positions) found[i] = 1;
  return found;
}

const unscored = marksAt([unreadable, ...active.map((d) => errors[d])].flatMap(Object.keys).map(Number));
const flipped = flips.map((found) => marksAt(found.keys()));
const misplaced = detectors.map((_, d) => marksAt([...boxes[d].keys()].filter((i) => overlap(d, i) < 1)));

/** For each view a test of an image. A missing score is NaN, and every comparison with it is false. @param {Question} question */
function tests({ d, e }) {
  const [one, other] = [scores[d], scores[e]];
  const [limit, otherLimit] = [thresholds[d], thresholds[e]];
  const speed = latency[d];
  const [turned, off] = [flipped[d], misplaced[d]];
  const anyMark = review.any();
  const alarm = (/** @type {number} */ i) => labels[i] === PLAIN && one[i] >= limit;
  const missed = (/** @type {number} */ i) => labels[i] === FRAMED && one[i] < limit;
  /** @type {Record<View, (i: number) => boolean>} */
  const found = {
    mistakes: (i) => alarm(i) || missed(i),
    alarms: alarm,
    missed,
    differ: (i) => (one[i] >= limit && other[i] < otherLimit) || (one[i] < limit && other[i] >= otherLimit),
    flips: (i) => turned[i] === 1,
    boxes: (i) => off[i] === 1,
    slow: (i) => speed !== null && speed[i] >= 0,
    unscored: (i) => unscored[i] === 1,
    marked: (i) => anyMark && review.has(i),
    all: () => true,
  };
  return found;
}

/**
 * Count what each view has among the images that passed the filters, and collect the chosen one's. It runs for every
 * image while a threshold is dragged: plain loops over flat arrays.
 * @param {Uint32Array} passed
 * @param {Question} question
 * @returns {{amounts: Record<View, number>, matching: Uint32Array}}
 */
export function tally(passed, question) {
  const amounts = /** @type {Record<View, number>} */ ({});
  const matching = new Uint32Array(passed.length);
  for (const [view, shows] of Object.entries(tests(question))) {
    let size = 0;
    if (view === question.view) {
      for (const i of passed) if (shows(i)) matching[size++] = i;
    } else {
      for (const i of passed) if (shows(i)) size++;
    }
    amounts[/** @type {View} */ (view)] = size;
  }
  return { amounts, matching: matching.subarray(0, amounts[question.view]) };
}

/** The larger, the earlier; in [0, 1]. @param {Question} question @returns {(i: number) => number} */
function rank({ view, sort, d, e }) {
  const by = sort !== "usual" ? sort : USUAL_ORDER[view] || "path";
  /** @param {number} value */
  const known = (value) => (Number.isNaN(value) ? 0 : value);
  if (by === "wrong") return (i) => (isWrong(d, i) ? 0.5 + distance(d, i) / 2 : known(0.5 - distance(d, i) / 2));
  if (by === "flip") return (i) => (isWrong(d, i) ? 0.5 : 0) + known(Math.abs(scores[d][i] - (flips[d].get(i) ?? NaN))) / 2;
  if (by === "box") return (i) => known(1 - overlap(d, i));
  if (by === "gap") return (i) => known(Math.abs(scores[d][i] - scores[e][i]));
  if (by === "high") return (i) => known(scores[d][i]);
  if (by === "low") return (i) => known(1 - scores[d][i]);
  if (by === "slow") return bySlowness(latency[d]);
  return () => 0;
}

/** @param {Float32Array | null} times @returns {(i: number) => number} */
function bySlowness(times) {
  let slowest = 0;
  for (const time of times || []) if (time > slowest) slowest = time;
  return (i) => (times && times[i] >= 0 ? times[i] / (slowest || 1) : 0);
}

/** Order positions by what is asked, ties in the run's order. @param {Uint32Array} images @param {Question} question */
export function ordered(images, question) {
  const key = rank(question);
  // Rank and position share one float, so that the engine's native sort of numbers does the work.
  const packed = new Float64Array(images.length);
  for (let k = 0; k < images.length; k++) packed[k] = Math.floor((1 - key(images[k])) * 2 ** 31) * 2 ** 21 + images[k];
  packed.sort();
  return Uint32Array.from(packed, (value) => value % 2 ** 21);
}
