// One picture, large, with what each detector says of it and the reviewer's mark.

import { all, byId, element, isolated } from "./dom.js";
import { fullScore, timeText, whole } from "./format.js";
import * as gallery from "./gallery.js";
import { flipText, overlapText, verdictOf } from "./judging.js";
import { explanation, legend, outlines, overlaid, pictureOf, scoreBar, seriesOf } from "./pictures.js";
import * as review from "./review.js";
import { active, attributesOf, detectors, errors, groups, heights, labels, latency, paths, root, scores, unreadable, widths } from "./run.js";

const dialog = /** @type {HTMLDialogElement} */ (byId("viewer"));
const stage = byId("viewer-picture");
const note = /** @type {HTMLTextAreaElement} */ (byId("viewer-note"));
const previous = /** @type {HTMLButtonElement} */ (byId("viewer-previous"));
const next = /** @type {HTMLButtonElement} */ (byId("viewer-next"));
const marks = /** @type {NodeListOf<HTMLButtonElement>} */ (all("[data-mark]", dialog));

let position = 0;

/** What a detector says of an image. @param {number} d @param {number} i */
function answerRow(d, i) {
  const [text, kind] = verdictOf(d, i);
  const row = element("div", { class: seriesOf(d) }, element("dt", {}, isolated(detectors[d].name)));
  const answer = element("dd", {}, element("span", { class: `kind ${kind}` }, text), ` score ${fullScore(scores[d][i])}`);
  const time = latency[d]?.[i] ?? NaN;
  if (!Number.isNaN(time)) answer.append(`, ${timeText(time)}`);
  const why = i in errors[d] ? errors[d][i] : explanation(d, i).text;
  row.append(element("dd", { class: "bar" }, scoreBar(d, i)), answer);
  for (const line of [why, flipText(d, i) && `Against the baseline: ${flipText(d, i)}`, overlapText(d, i)]) {
    if (line) row.append(element("dd", { class: "why" }, line));
  }
  return row;
}

/** @param {string} name @param {Node} value */
const fact = (name, value) => element("div", {}, element("dt", {}, isolated(name)), element("dd", {}, value));

/** What is known of an image besides the detectors' answers. @param {number} i */
function facts(i) {
  const known = /** @type {[string, string][]} */ ([["label", ["unlabelled", "plain", "framed"][labels[i] + 1]]]);
  if (i in unreadable) known.push(["cannot be read", unreadable[i]]);
  if (widths[i]) known.push(["size", `${widths[i]} × ${heights[i]} pixels`]);
  if (groups && groups.codes[i] >= 0) known.push(["group", groups.values[groups.codes[i]]]);
  const original = root + paths[i].split("/").map(encodeURIComponent).join("/");
  const link = element("a", { href: original, target: "_blank", rel: "noopener" }, "open the file");
  return [...[...known, ...attributesOf(i)].map(([name, value]) => fact(name, isolated(value))), fact("original", link)];
}

/** @param {number} i */
function showPicture(i) {
  const picture = pictureOf(i);
  if (!picture) {
    stage.replaceChildren(element("p", {}, "No small copy of this picture was kept in the run's folder."));
    return;
  }
  const [source, width, height] = picture;
  const holder = overlaid(element("img", { src: source, alt: paths[i], width, height }), picture, outlines(active, i));
  holder.style.width = `min(100%, ${(62 * width) / height}vh)`;
  stage.replaceChildren(holder, ...legend(i));
}

/** @param {number} i */
function showReview(i) {
  const said = review.of(i);
  for (const button of marks) {
    button.setAttribute("aria-pressed", String(button.dataset.mark === said.mark));
    button.disabled = !review.allows(i, button.dataset.mark || "");
  }
  note.value = said.note;
}

function show() {
  const i = gallery.at(position);
  byId("viewer-title").replaceChildren(isolated(paths[i]));
  byId("viewer-position").textContent = `${whole(position + 1)} of ${whole(gallery.size())}`;
  showPicture(i);
  byId("viewer-facts").replaceChildren(...(i in unreadable ? [] : active.map((d) => answerRow(d, i))));
  byId("viewer-attributes").replaceChildren(...facts(i));
  showReview(i);
  previous.disabled = position === 0;
  next.disabled = position + 1 >= gallery.size();
  // A button that is switched off lets go of the focus, and the keys would reach the dialog no more.
  const focused = document.activeElement;
  if (focused instanceof HTMLButtonElement && focused.disabled) dialog.focus();
}

/** @param {number} k */
function go(k) {
  if (k < 0 || k >= gallery.size()) return;
  position = k;
  show();
}

/** Set a mark, or take it back where it is set. @param {string} chosen */
function mark(chosen) {
  const i = gallery.at(position);
  if (!review.allows(i, chosen)) return;
  review.set(i, { mark: review.of(i).mark === chosen ? "" : chosen });
  gallery.redraw(position);
  show();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.target === note || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowRight") go(position + 1);
  else if (event.key === "ArrowLeft") go(position - 1);
  else if (/^[1-3]$/.test(event.key)) mark(review.MARKS[Number(event.key) - 1]);
  else if (event.key === "n") note.focus();
  else return;
  event.preventDefault();
}

/** Show the image at a position of the gallery. @param {number} k */
export function open(k) {
  go(k);
  dialog.showModal();
  dialog.focus();
}

/** Make cards open, and keys and buttons work. */
export function start() {
  byId("gallery-list").addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button) open(Number(button.dataset.position));
  });
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("close", () => gallery.focus(position));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  note.addEventListener("input", () => review.set(gallery.at(position), { note: note.value }));
  note.addEventListener("change", () => gallery.redraw(position));
  for (const button of marks) button.addEventListener("click", () => mark(button.dataset.mark || ""));
  previous.addEventListener("click", () => go(position - 1));
  next.addEventListener("click", () => go(position + 1));
  byId("viewer-close").addEventListener("click", () => dialog.close());
}
