// The run's data, read once from what the page carries: a column a detector, a position an image.

import { embedded } from "./dom.js";

/** @typedef {{type: "f4" | "f8" | "i1" | "i2" | "i4", bytes: string}} Column */
/** @typedef {{name: string, values: string[], codes: ArrayLike<number>}} Category */
/** @typedef {{name: string, threshold: number, complete: boolean}} Detector */
/** @typedef {ArrayLike<number>} Box left, top, right, bottom in pixels */

export const FRAMED = 1;
export const PLAIN = 0;

/** @param {Column} column @returns {Float32Array | Float64Array | Int8Array | Int16Array | Int32Array} */
export function numbers(column) {
  const text = atob(column.bytes);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const kinds = { f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array };
  return new kinds[column.type](bytes.buffer);
}

/** @param {{at: Column, values: Column} | null} sparse NaN stands where there is no value */
function dense(sparse) {
  if (!sparse) return null;
  const values = numbers(sparse.values);
  const filled = new Float32Array(count).fill(NaN);
  numbers(sparse.at).forEach((position, k) => (filled[position] = values[k]));
  return filled;
}

/** @param {{at: Column, values: Column}} sparse @returns {Map<number, Box>} */
function boxesOf({ at, values }) {
  const sides = numbers(values);
  return new Map(Array.from(numbers(at), (position, k) => [position, sides.subarray(4 * k, 4 * k + 4)]));
}

/** @param {{at: Column, before: Column} | null} found @returns {Map<number, number>} */
function scoresBefore(found) {
  if (!found) return new Map();
  const before = numbers(found.before);
  return new Map(Array.from(numbers(found.at), (position, k) => [position, before[k]]));
}

const data = embedded("run-data");

/** @type {Detector[]} */
export const detectors = data.detectors;
/** @type {string[]} */
export const paths = data.paths;
export const count = paths.length;
/** Of a very large run the page carries some images; where they stand in the run, ascending. */
const at = data.at && numbers(data.at);

/** Where an image of the run stands here; -1 where the page does not carry it. @param {number} position in the run */
export function indexOf(position) {
  if (!at) return position;
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] < position) low = middle + 1;
    else high = middle;
  }
  return at[low] === position ? low : -1;
}

/** How the scores of all images of the run spread, by detector, where the page does not carry all. */
export const distributions = /** @type {{values: Column, framed: Column, plain: Column}[] | null} */ (data.distributions);
/** When the run was started. @type {string} */
export const started = data.run;
/** @type {string} */
export const imagesFingerprint = data.images_fingerprint;
/** The address of the set's folder. @type {string} */
export const root = data.root;
export const labels = numbers(data.labels);
/** @type {ReturnType<typeof numbers>[]} */
export const scores = data.scores.map(numbers);
/** Median milliseconds of each image. @type {(Float32Array | null)[]} */
export const latency = data.latency.map(dense);
/** @type {Map<number, Box>[]} */
export const boxes = data.boxes.map(boxesOf);
export const trueBoxes = boxesOf(data.true_boxes);
/** For each detector the baseline's score of the images that it judged otherwise. @type {Map<number, number>[]} */
export const flips = (data.flips || detectors.map(() => null)).map(scoresBefore);
export const widths = numbers(data.widths);
export const heights = numbers(data.heights);
/** @type {Category[]} */
export const attributes = data.attributes.map((/** @type {any} */ found) => ({ ...found, codes: numbers(found.codes) }));
/** @type {Category | null} */
export const groups = data.groups && { ...data.groups, codes: numbers(data.groups.codes) };
/** For each detector, why an image has no score. @type {Record<number, string>[]} */
export const errors = data.errors;
/** Why an image cannot be read. @type {Record<number, string>} */
export const unreadable = data.unreadable;
/** @type {Record<number, string>[]} */
export const explanations = data.explanations;

/** The positions of the detectors that finished. */
export const active = detectors.map((_, d) => d).filter((d) => detectors[d].complete);

/** The attributes that an image has, with their values. @param {number} i @returns {[string, string][]} */
export function attributesOf(i) {
  return attributes
    .filter((found) => found.codes[i] >= 0 && found.values[found.codes[i]] !== "")
    .map((found) => [found.name, found.values[found.codes[i]]]);
}
