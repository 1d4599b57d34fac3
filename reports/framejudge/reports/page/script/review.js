// Review marks: kept by the browser for these pictures, exported as the CSV that `bench dataset apply-review` reads.

import { byId, element } from "./dom.js";
import { whole } from "./format.js";
import { imagesFingerprint, labels, paths, started, unreadable } from "./run.js";

/** @typedef {{mark: string, note: string, label: string, run: string}} Review what was said, of which label, in which run */

/** In the order of the keys 1 to 3. */
export const MARKS = ["label is wrong", "ambiguous", "real mistake"];

const PLACE = `framejudge/review/${imagesFingerprint}`; // the same pictures in a later run find their review again
const reviewer = /** @type {HTMLInputElement} */ (byId("review-name"));

/** @type {Map<string, Review>} */
let marks = new Map();
/** Private windows and some browsers keep nothing for a page opened from disk. */
let kept = true;
let onClear = () => {};

function load() {
  try {
    const stored = JSON.parse(localStorage.getItem(PLACE) || "{}");
    marks = new Map(Object.entries(stored.marks || {}));
    reviewer.value = stored.reviewer || "";
    localStorage.setItem(PLACE, JSON.stringify(stored));
  } catch {
    kept = false;
  }
}

function save() {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ reviewer: reviewer.value, marks: Object.fromEntries(marks) }));
  } catch {
    kept = false;
  }
  show();
}

function show() {
  const decided = [...marks.values()].filter((found) => found.mark).length;
  const notes = marks.size - decided;
  const text = decided === 1 ? "1 image reviewed" : `${whole(decided)} images reviewed`;
  const rest = notes ? `, ${whole(notes)} with a note only` : "";
  byId("review-count").textContent = marks.size ? text + rest : "No image reviewed yet";
  byId("review-note").hidden = kept;
  /** @type {HTMLButtonElement} */ (byId("review-export")).disabled = decided === 0;
  /** @type {HTMLButtonElement} */ (byId("review-clear")).disabled = marks.size === 0;
}

/** @param {number} i */
const labelOf = (i) => ["", "plain", "framed"][labels[i] + 1];

/** What was said of an image. @param {number} i @returns {Review} */
export const of = (i) => marks.get(paths[i]) || { mark: "", note: "", label: labelOf(i), run: started };

/** Change what is said of an image. @param {number} i @param {Partial<Review>} change */
export function set(i, change) {
  // A mark is about the label that was looked at: once the label is corrected, it must not turn it back.
  const seen = "mark" in change ? { label: labelOf(i), run: started } : {};
  const next = { ...of(i), ...change, ...seen };
  if (next.mark || next.note) marks.set(paths[i], next);
  else marks.delete(paths[i]);
  save();
}

export const any = () => marks.size > 0;

/** @param {number} i */
export const has = (i) => marks.has(paths[i]);

/** Whether a mark can be set: without a label and a picture, none is wrong and nobody is mistaken. @param {number} i @param {string} mark */
export const allows = (i, mark) => (labels[i] >= 0 && !(i in unreadable)) || mark === "ambiguous";

/** What stands on a card. @param {number} i */
export const text = (i) => (of(i).mark || "note") + (of(i).mark && of(i).label !== labelOf(i) ? ", label changed since" : "");

/** @param {string} value */
const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** The marks as CSV; a note without a mark corrects nothing and stays here. */
function csv() {
  const known = new Set(paths);
  const rows = [...marks]
    .filter(([path, { mark }]) => mark && known.has(path))
    .map(([path, { mark, note, label, run }]) => [path, mark, note, label, reviewer.value, run]);
  const lines = [["path", "decision", "note", "label", "reviewer", "run"], ...rows];
  return lines.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function download() {
  const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  element("a", { href: address, download: "review.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function clear() {
  if (!confirm(`Forget the review of ${whole(marks.size)} images?`)) return;
  marks.clear();
  save();
  onClear();
}

/** Show what is kept and make the buttons work. @param {() => void} cleared what to do once all marks are gone */
export function start(cleared) {
  onClear = cleared;
  load();
  reviewer.addEventListener("change", save);
  byId("review-export").addEventListener("click", download);
  byId("review-clear").addEventListener("click", clear);
  show();
}
