// A panel's threshold: dragged, stepped, typed or reset; its counts, its charts and the gallery follow.

import { all, schedule } from "./dom.js";
import { percent, whole } from "./format.js";
import * as gallery from "./gallery.js";
import * as map from "./map.js";
import { thresholds } from "./judging.js";
import { FRAMED, PLAIN, count, detectors, distributions, labels, numbers, scores } from "./run.js";

/** @typedef {{tp: number, fp: number, tn: number, fn: number}} Confusion */

const SEEN = "This threshold has seen the test set. Use it to understand, and choose the one to ship on tuning data.";

/** Scores of one class in ascending order, and how many images lie before each; null where it is one a score. @typedef {{values: Float64Array, before: Float64Array | null, size: number}} Scores */

/** @param {number} d @param {number} label @returns {Scores} */
function ascending(d, label) {
  if (distributions) return inSteps(distributions[d], label === FRAMED ? "framed" : "plain");
  const found = new Float64Array(count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    if (labels[i] === label && !Number.isNaN(scores[d][i])) found[size++] = scores[d][i];
  }
  return { values: found.subarray(0, size).sort(), before: null, size };
}

/** The scores of all images of a run of which the page carries some. @param {{values: any, framed: any, plain: any}} given @param {"framed" | "plain"} label @returns {Scores} */
function inSteps(given, label) {
  const amounts = numbers(given[label]);
  const before = new Float64Array(amounts.length + 1);
  amounts.forEach((amount, k) => (before[k + 1] = before[k] + amount));
  return { values: Float64Array.from(numbers(given.values)), before, size: before[amounts.length] };
}

/** How many of the scores are below a limit. @param {Scores} scores @param {number} limit */
function countBelow({ values, before }, limit) {
  const k = firstNotBelow(values, limit);
  return before ? before[k] : k;
}

/** @param {Float64Array} values ascending @param {number} limit */
function firstNotBelow(values, limit) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Confusion} found @returns {Record<string, number>} */
const rates = ({ tp, fp, tn, fn }) => ({
  accuracy: (tp + tn) / (tp + fp + tn + fn),
  recall: tp / (tp + fn),
  specificity: tn / (tn + fp),
  precision: tp / (tp + fp),
});

/** Where a chart's values are in its drawing. @param {SVGElement} chart */
function axesOf(chart) {
  const [x, y, box] = ["x", "y", "box"].map((name) => (chart.dataset[name] || "").split(" ").map(Number));
  return {
    /** @param {number} value */
    right: (value) => box[0] + ((value - x[0]) / (x[1] - x[0])) * (box[2] - box[0]),
    /** @param {number} value */
    down: (value) => box[3] - ((value - y[0]) / (y[1] - y[0])) * (box[3] - box[1]),
    /** @param {number} across @param {number} up */
    holds: (across, up) => across >= x[0] && across <= x[1] && up >= y[0] && up <= y[1],
    left: box[0],
    end: box[2],
  };
}

export class Panel {
  /** @type {Float64Array | null} the scores, each once, in ascending order */
  #steps = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.d = Number(element.dataset.detector);
    this.fixed = detectors[this.d].threshold;
    this.framed = ascending(this.d, FRAMED);
    this.plain = ascending(this.d, PLAIN);
    this.atFixed = this.confusionAt(this.fixed);
    const find = (/** @type {string} */ selector) => /** @type {any} */ (element.querySelector(selector));
    this.slider = /** @type {HTMLInputElement} */ (find("input[type=range]"));
    this.exact = /** @type {HTMLInputElement} */ (find("input[type=number]"));
    this.reset = /** @type {HTMLButtonElement} */ (find("[data-do=reset]"));
    this.notice = /** @type {HTMLElement} */ (find("[data-live=notice]"));
    this.original = new Map([...all("[data-live]", element)].map((cell) => [cell, cell.textContent || ""]));
    this.histogram = /** @type {SVGSVGElement | null} */ (find("svg.chart"));
    this.roc = [...document.querySelectorAll("svg.chart")]
      .map((svg) => ({ svg: /** @type {SVGSVGElement} */ (svg), point: svg.querySelector(`.live-point-${this.d}`) }))
      .filter((found) => found.point);
    this.#listen();
    this.#alignSlider();
    find(".live-controls").hidden = false;
    this.show();
  }

  #listen() {
    this.slider.addEventListener("input", () => this.move(Number(this.slider.value)));
    this.exact.addEventListener("input", () => this.exact.value !== "" && this.move(Number(this.exact.value)));
    this.exact.addEventListener("blur", () => (this.exact.value = String(thresholds[this.d])));
    this.reset.addEventListener("click", () => this.move(this.fixed));
    this.element.querySelector("[data-do=lower]")?.addEventListener("click", () => this.step(-1));
    this.element.querySelector("[data-do=higher]")?.addEventListener("click", () => this.step(1));
  }

  /** Lay the slider under the histogram's axis, so that its thumb points at the line. */
  #alignSlider() {
    if (!this.histogram) return;
    const axes = axesOf(this.histogram);
    const width = this.histogram.viewBox.baseVal.width;
    this.slider.style.marginLeft = `calc(${(100 * axes.left) / width}% - var(--thumb) / 2)`;
    this.slider.style.width = `calc(${(100 * (axes.end - axes.left)) / width}% + var(--thumb))`;
  }

  /** @param {number} limit @returns {Confusion} */
  confusionAt(limit) {
    const fn = countBelow(this.framed, limit);
    const tn = countBelow(this.plain, limit);
    return { tp: this.framed.size - fn, fn, tn, fp: this.plain.size - tn };
  }

  /** @param {number} limit */
  move(limit) {
    if (!Number.isFinite(limit)) return;
    thresholds[this.d] = Math.min(1, Math.max(0, limit));
    schedule(() => {
      this.show();
      gallery.refresh();
      map.refresh();
    }, this);
  }

  /** Move to the next threshold at which something changes. @param {number} direction */
  step(direction) {
    const limit = thresholds[this.d];
    this.#steps ??= Float64Array.from(new Set([...this.framed.values, ...this.plain.values])).sort();
    const steps = this.#steps;
    const below = firstNotBelow(steps, limit);
    const target = direction < 0 ? steps[below - 1] : steps[steps[below] === limit ? below + 1 : below];
    if (target !== undefined) this.move(target);
  }

  show() {
    const limit = thresholds[this.d];
    const moved = limit !== this.fixed;
    const found = this.confusionAt(limit);
    for (const [cell, text] of this.original) cell.textContent = moved ? this.#text(cell.dataset.live || "", found) ?? text : text;
    this.notice.textContent = moved ? SEEN : "";
    this.element.classList.toggle("moved", moved);
    this.reset.disabled = !moved;
    this.slider.value = String(limit);
    if (document.activeElement !== this.exact) this.exact.value = String(limit);
    this.#moveLine(limit);
    this.#movePoints(found);
  }

  /** What a cell says at a moved threshold; null where it stays. @param {string} key @param {Confusion} found */
  #text(key, found) {
    if (key in found) return whole(found[/** @type {keyof Confusion} */ (key)]);
    const shares = rates(found);
    if (key in shares) return percent(shares[key]);
    if (key === "threshold") return thresholds[this.d].toPrecision(4).replace(/\.?0+$/, "");
    if (key === "source") return `moved from ${this.fixed}`;
    return key.startsWith("spread") ? "" : null;
  }

  /** @param {number} limit */
  #moveLine(limit) {
    const line = this.histogram?.querySelector(".live-threshold");
    if (!this.histogram || !line) return;
    const axes = axesOf(this.histogram);
    line.setAttribute("transform", `translate(${axes.right(limit) - axes.right(this.fixed)} 0)`);
  }

  /** @param {Confusion} found */
  #movePoints(found) {
    const [from, to] = [rates(this.atFixed), rates(found)];
    for (const { svg, point } of this.roc) {
      const axes = axesOf(svg);
      const across = axes.right(1 - to.specificity) - axes.right(1 - from.specificity);
      const down = axes.down(to.recall) - axes.down(from.recall);
      point?.setAttribute("transform", `translate(${across} ${down})`);
      point?.setAttribute("visibility", axes.holds(1 - to.specificity, to.recall) ? "visible" : "hidden");
    }
  }
}
