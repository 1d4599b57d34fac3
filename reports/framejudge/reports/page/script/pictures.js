// Pictures of images, what is drawn over them, and the bars of scores.

import { all, drawing, element, embedded, isolated } from "./dom.js";
import { thresholds } from "./judging.js";
import { active, boxes, detectors, explanations, heights, indexOf, scores, trueBoxes, widths } from "./run.js";

/** @typedef {[string, number, number]} Picture its source, width and height in pixels */

const TILE_RATIO = 1.39; // of a card's picture, inside its margins

/** The source is base64. @type {Map<number, Picture>} */
const stored = new Map(Object.entries(embedded("picture-data")).map(([position, picture]) => [indexOf(Number(position)), picture]));

/** Pictures that stand in the page already, and only there. @param {string} section @returns {Map<number, HTMLImageElement>} */
function printedIn(section) {
  const images = /** @type {HTMLImageElement[]} */ ([...all(`${section} [data-image] img`)]);
  const position = (/** @type {HTMLElement} */ image) => Number(/** @type {HTMLElement} */ (image.closest("[data-image]")).dataset.image);
  return new Map(images.map((image) => [indexOf(position(image)), image]));
}

const worst = printedIn("#mistakes");
const samples = printedIn("#set"); // small ones: only where there is nothing larger

/** @param {number} i @returns {Picture | null} */
export function pictureOf(i) {
  const kept = worst.has(i) ? undefined : stored.get(i);
  if (kept) return [`data:image/jpeg;base64,${kept[0]}`, kept[1], kept[2]];
  const image = worst.get(i) || samples.get(i);
  return image ? [image.src, Number(image.getAttribute("width")), Number(image.getAttribute("height"))] : null;
}

/** The class that gives a detector its colour. @param {number} d */
export const seriesOf = (d) => `s${d % 6}`;

/** @param {number} d @param {number} i */
export function scoreBar(d, i) {
  const score = scores[d][i];
  const bar = drawing("svg", { class: "score", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  bar.append(drawing("rect", { class: "track", x: 0, y: 2, width: 100, height: 4 }));
  if (!Number.isNaN(score)) bar.append(drawing("rect", { class: "fill", x: 0, y: 2, width: score * 100, height: 4 }));
  bar.append(drawing("rect", { class: "tick", x: Math.min(99, thresholds[d] * 100), y: 0, width: 1, height: 8 }));
  return bar;
}

/** What a detector says of its own answer. @param {number} d @param {number} i @returns {{text: string, lines: number[][]}} */
export function explanation(d, i) {
  const given = explanations[d][i];
  if (given === undefined) return { text: "", lines: [] };
  try {
    const read = JSON.parse(given);
    return { text: String(read.text || ""), lines: Array.isArray(read.lines) ? read.lines : [] };
  } catch {
    return { text: given, lines: [] };
  }
}

/**
 * What is drawn over a picture: the true box as a plain line with a light seam, each detector's box dashed in a
 * pattern of its own, its lines thin; told apart by pattern, and only then by colour.
 * @param {number[]} shown detectors
 * @param {number} i
 */
export function outlines(shown, i) {
  if (!widths[i] || !heights[i]) return [];
  const parts = [];
  const truth = trueBoxes.get(i);
  const rectangle = (/** @type {string} */ kind, /** @type {import("./run.js").Box} */ box) =>
    drawing("rect", { class: kind, x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1] });
  if (truth) parts.push(rectangle("seam", truth), rectangle("truth", truth));
  for (const d of shown) {
    const box = boxes[d].get(i);
    if (box) parts.push(rectangle("seam", box), rectangle(`box ${seriesOf(d)} dash-${d % 4}`, box));
    for (const [x1, y1, x2, y2] of explanation(d, i).lines) parts.push(drawing("line", { class: `edge ${seriesOf(d)}`, x1, y1, x2, y2 }));
  }
  if (!parts.length) return [];
  return [drawing("svg", { viewBox: `0 0 ${widths[i]} ${heights[i]}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts)];
}

/** Says which line over a picture is whose. @param {number} i */
export function legend(i) {
  const sample = (/** @type {string} */ kind) =>
    drawing("svg", { class: "sample", viewBox: "0 0 28 8", "aria-hidden": "true" }, drawing("line", { class: kind, x1: 0, y1: 4, x2: 28, y2: 4 }));
  const items = [];
  if (trueBoxes.has(i)) items.push(element("li", {}, sample("truth"), "true box"));
  for (const d of active) {
    if (boxes[d].has(i)) items.push(element("li", {}, sample(`box ${seriesOf(d)} dash-${d % 4}`), "located by ", isolated(detectors[d].name)));
    if (explanation(d, i).lines.length) items.push(element("li", {}, sample(`edge ${seriesOf(d)}`), "lines of ", isolated(detectors[d].name)));
  }
  return items.length ? [element("ul", { class: "legend" }, ...items)] : [];
}

/** A picture with what is drawn over it. @param {HTMLElement} image @param {Picture} size @param {Element[]} over */
export function overlaid(image, [, width, height], over) {
  const holder = element("span", { class: "holder" }, image);
  holder.style.aspectRatio = `${width} / ${height}`;
  holder.style.width = `${Math.min(100, (100 * width) / height / TILE_RATIO)}%`;
  holder.append(...over);
  return holder;
}
