// The gallery: the images that the form asks for, a part of their cards on the page, the keys that walk through them.

import { byId, schedule, unschedule } from "./dom.js";
import { card } from "./cards.js";
import { ask, askSlice, asked, field, form, offer, passing } from "./filters.js";
import { whole } from "./format.js";
import { ordered, tally } from "./views.js";

/** @typedef {import("./views.js").View} View */

const PAGE_SIZE = 30;
const MOST_CARDS = 480; // more on the page at once would make every later step slow

const list = byId("gallery-list");
const more = byId("gallery-more");
const earlier = byId("gallery-earlier");

/** @type {Uint32Array} */
let found = new Uint32Array(0);
// The cards on the page are those of found[first] to found[shown - 1].
let first = 0;
let shown = 0;
let focused = 0;

/** The image at a position. @param {number} k */
export const at = (k) => found[k];

export const size = () => found.length;

/** The detector that the form is set to. */
export const detector = () => asked().d;

/** The position of an image; -1 where it is not shown. @param {number} i */
export const positionOf = (i) => found.indexOf(i);

/** Show anew what the form asks for. */
export function refresh() {
  const question = asked();
  const { amounts, matching } = tally(passing(question), question);
  for (const input of form.querySelectorAll("input[name=view]")) {
    const { value, parentElement } = /** @type {HTMLInputElement} */ (input);
    /** @type {HTMLElement} */ (parentElement?.querySelector(".size")).textContent = whole(amounts[/** @type {View} */ (value)]);
  }
  found = ordered(matching, question);
  /** @type {HTMLElement} */ (field("against").closest("label")).hidden = question.view !== "differ";
  byId("gallery-empty").hidden = found.length > 0;
  byId("gallery-count").textContent = found.length === 1 ? "1 image" : `${whole(found.length)} images`;
  focused = 0;
  showFrom(0);
}

/** Start the page's cards anew at a position. @param {number} k */
function showFrom(k) {
  first = shown = k;
  list.replaceChildren();
  append();
}

function append() {
  const question = asked();
  // As many again each time: a few presses reach the end, and the sections below stay within reach.
  const end = Math.min(found.length, shown + Math.max(PAGE_SIZE, Math.min(shown - first, MOST_CARDS / 2)));
  const made = [];
  for (let k = shown; k < end; k++) made.push(card(found[k], k, k === focused, question));
  list.append(...made);
  shown = end;
  for (; shown - first > MOST_CARDS; first++) list.firstElementChild?.remove();
  more.hidden = shown >= found.length;
  more.textContent = `Show more (${whole(found.length - shown)} left)`;
  earlier.hidden = first === 0;
  earlier.textContent = `Show earlier (${whole(first)} above)`;
}

/** @param {number} k */
const cardAt = (k) => /** @type {HTMLButtonElement | null} */ (list.querySelector(`[data-position="${k}"]`));

/** The card at a position, shown first where it is not on the page. @param {number} k */
function reachCard(k) {
  if (k < 0 || k >= found.length) return null;
  if (k >= shown && k < shown + PAGE_SIZE) append();
  // A row of cards before it stays in sight.
  if (k < first || k >= shown) showFrom(Math.max(0, k - PAGE_SIZE + 1));
  return cardAt(k);
}

/** @param {number} k */
export function focus(k) {
  const next = reachCard(k);
  if (!next) return;
  stopAt(k);
  next.focus();
}

/** Let the tab key stop at one card only. @param {number} k */
function stopAt(k) {
  cardAt(focused)?.setAttribute("tabindex", "-1");
  focused = k;
  cardAt(focused)?.setAttribute("tabindex", "0");
}

/** Draw a card anew, after what is said of its image has changed. @param {number} k */
export function redraw(k) {
  cardAt(k)?.closest("li")?.replaceWith(card(found[k], k, k === focused, asked()));
}

/** Bring the gallery into sight, its first card with the focus. */
export function arrive() {
  byId("gallery").scrollIntoView();
  (reachCard(0) || field("slice")).focus({ preventScroll: true });
}

/** Show a view of a detector. @param {View} view @param {number} d */
export function show(view, d) {
  ask(view, d);
  unschedule(form); // what the form's reset asked for is done here, at once: later it would take the focus away
  refresh();
}

/** Show a slice, as the chosen view has it. @param {string} attribute @param {string} value @param {string} detector */
export function showSlice(attribute, value, detector) {
  askSlice(attribute, value, detector);
  refresh();
  arrive();
}

function cardsPerRow() {
  const tops = [...list.children].slice(0, 40).map((child) => child.getBoundingClientRect().top);
  const second = tops.findIndex((top) => top > tops[0] + 1);
  return second < 1 ? Math.max(1, tops.length) : second;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const row = cardsPerRow();
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row };
  const by = /** @type {Record<string, number>} */ (moves)[event.key];
  const target = event.key === "Home" ? 0 : event.key === "End" ? found.length - 1 : by === undefined ? -1 : focused + by;
  if (target < 0 || target >= found.length) return;
  event.preventDefault();
  focus(target);
}

/** Fill the form, show its first answer, and make form, keys and buttons work. */
export function start() {
  offer();
  refresh();
  list.addEventListener("keydown", onKey);
  list.addEventListener("focusin", (event) => {
    const position = /** @type {HTMLElement} */ (event.target).dataset.position;
    if (position !== undefined && Number(position) !== focused) stopAt(Number(position));
  });
  earlier.addEventListener("click", () => {
    const last = first - 1;
    showFrom(Math.max(0, first - PAGE_SIZE));
    focus(last);
  });
  more.addEventListener("click", () => {
    const next = shown;
    append();
    focus(next);
  });
  form.addEventListener("input", () => schedule(refresh, form));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => schedule(refresh, form)); // by the next frame the fields are reset
}
