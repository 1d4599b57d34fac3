// The map of alike pictures: the thumbnail beside the pointer, the keys that walk from mark to mark, the way to a card.

import { all, byId, element, isolated } from "./dom.js";
import { scoreText } from "./format.js";
import * as gallery from "./gallery.js";
import { isWrong, says, verdictOf } from "./judging.js";
import { pictureOf } from "./pictures.js";
import { FRAMED, active, detectors, indexOf, labels, paths, scores } from "./run.js";

/** @typedef {{image: number, x: number, y: number, mark: SVGPathElement}} Point */
/** @typedef {"right" | "alarm" | "missed" | "unknown"} Kind */

const REACH = 18; // from a mark, in units of the drawing, the pointer still finds it
const field = document.getElementById("map-field");
const drawing = /** @type {SVGSVGElement | null} */ (field ? field.querySelector("svg") : null);

/** @type {Point[]} */
let points = [];
/** @type {Point | null} */
let shown = null;
let d = 0;

/** @param {number} i @returns {Kind} */
function kindOf(i) {
  if (labels[i] < 0 || says(d, i) === null) return "unknown";
  if (!isWrong(d, i)) return "right";
  return labels[i] === FRAMED ? "missed" : "alarm";
}

const wrongAt = (/** @type {Point} */ { image }) => isWrong(d, image);

/** Draw the marks anew that mean something else now; where all may, mistakes are brought to the top. @param {boolean} [reorder] */
export function refresh(reorder = false) {
  if (!drawing) return;
  for (const { image, mark } of points) {
    const kind = kindOf(image);
    if (mark.getAttribute("class") === kind) continue;
    mark.setAttribute("class", kind);
    mark.setAttribute("d", drawing.dataset[kind] || "");
  }
  if (reorder) byId("map-ring").before(...points.filter(wrongAt).map(({ mark }) => mark));
}

/** @param {Point} point */
function words({ image }) {
  return `${verdictOf(d, image)[0]}, label ${["none", "plain", "framed"][labels[image] + 1]}, score ${scoreText(scores[d][image])}`;
}

/** Show a point's picture beside it; none where there is no point. @param {Point | null} point */
function show(point) {
  const card = byId("map-card");
  const ring = byId("map-ring");
  shown = point;
  card.hidden = !point;
  ring.setAttribute("cx", String(point ? point.x : -50));
  ring.setAttribute("cy", String(point ? point.y : -50));
  if (!point || !drawing || !field) return;
  const picture = pictureOf(point.image);
  const seen = picture ? element("img", { src: picture[0], alt: "", width: picture[1], height: picture[2] }) : "no picture was kept";
  card.replaceChildren(seen, element("b", { class: verdictOf(d, point.image)[1] }, words(point)), isolated(paths[point.image]));
  const { width, height } = drawing.viewBox.baseVal;
  const [across, down] = [point.x / width, point.y / height];
  card.style.left = across < 0.5 ? `calc(${100 * across}% + 18px)` : "";
  card.style.right = across < 0.5 ? "" : `calc(${100 - 100 * across}% + 18px)`;
  card.style.top = down < 0.5 ? `calc(${100 * down}% + 8px)` : "";
  card.style.bottom = down < 0.5 ? "" : `calc(${100 - 100 * down}% + 8px)`;
}

/** The nearest point to a place; null where none is in reach. @param {number} x @param {number} y */
function nearest(x, y) {
  let [best, found] = [REACH ** 2, /** @type {Point | null} */ (null)];
  for (const point of points) {
    const away = (point.x - x) ** 2 + (point.y - y) ** 2 - (wrongAt(point) ? 16 : 0); // a mistake goes before what it covers
    if (away < best) [best, found] = [away, point];
  }
  return found;
}

/** @param {MouseEvent} event */
function under(event) {
  const matrix = drawing?.getScreenCTM();
  if (!matrix) return null;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return nearest(x, y);
}

/** The nearest point that lies in a direction, straight ahead before aside. @param {number} right @param {number} down */
function ahead(right, down) {
  if (!shown) return points[points.length - 1];
  let [best, found] = [Infinity, shown];
  for (const point of points) {
    const [x, y] = [point.x - shown.x, point.y - shown.y];
    const forward = x * right + y * down;
    const aside = Math.abs(x * down) + Math.abs(y * right);
    if (point !== shown && forward > 0 && aside <= 2 * forward && forward + 2 * aside < best) [best, found] = [forward + 2 * aside, point];
  }
  return found;
}

function nextMistake() {
  const wrong = points.filter(wrongAt);
  return wrong[(wrong.indexOf(/** @type {Point} */ (shown)) + 1) % wrong.length] || shown;
}

/** Go to a point's card in the gallery. @param {Point | null} point */
function goTo(point) {
  if (!point) return;
  gallery.show(wrongAt(point) ? "mistakes" : "all", d);
  gallery.focus(gallery.positionOf(point.image));
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const moves = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const way = /** @type {Record<string, number[]>} */ (moves)[event.key];
  if (way) show(ahead(way[0], way[1]));
  else if (event.key.toLowerCase() === "m") show(nextMistake());
  else if (event.key === "Escape") show(null);
  else if (event.key === "Enter") goTo(shown);
  else return;
  event.preventDefault();
  byId("map-said").textContent = shown ? `${words(shown)}, ${paths[shown.image]}` : "";
}

function offer() {
  const choice = /** @type {HTMLSelectElement} */ (byId("map-detector"));
  for (const one of active) choice.append(element("option", { value: one }, detectors[one].name));
  choice.value = String(d);
  choice.addEventListener("change", () => {
    d = Number(choice.value);
    refresh(true);
    show(null);
  });
  byId("map-choice").hidden = active.length < 2;
  byId("map-shown").hidden = active.length > 1;
}

/** Make marks answer to pointer and keys. */
export function start() {
  if (!drawing || !field) return;
  d = Number(drawing.dataset.detector);
  points = [...all("path[data-image]", drawing)].map((found) => {
    const mark = /** @type {SVGPathElement} */ (/** @type {unknown} */ (found));
    const { e: x, f: y } = mark.transform.baseVal[0].matrix;
    return { image: indexOf(Number(mark.dataset.image)), x, y, mark };
  });
  offer();
  byId("map-keys").hidden = false;
  field.tabIndex = 0;
  field.addEventListener("pointermove", (event) => show(under(event)));
  field.addEventListener("pointerleave", () => show(null));
  field.addEventListener("click", (event) => goTo(under(event)));
  field.addEventListener("keydown", onKey);
  field.addEventListener("blur", () => show(null));
}
