// One image as a card of the gallery.

import { element, isolated } from "./dom.js";
import { scoreText, timeText } from "./format.js";
import { flipText, overlapText, verdictOf } from "./judging.js";
import { outlines, overlaid, pictureOf, scoreBar, seriesOf } from "./pictures.js";
import * as review from "./review.js";
import { active, detectors, latency, paths, scores, unreadable } from "./run.js";

/** @typedef {import("./filters.js").Question} Question */

/**
 * @param {number} i the image
 * @param {number} position in the gallery
 * @param {boolean} reached whether the tab key stops at it
 * @param {Question} question
 */
export function card(i, position, reached, question) {
  const [text, kind] = i in unreadable ? ["Cannot be read", "unknown"] : verdictOf(question.d, i);
  const remark = remarkOn(i, question);
  const button = element("button", { type: "button", class: "card", "data-position": position, tabindex: reached ? 0 : -1 });
  button.append(picture(i, question), element("span", { class: `kind ${kind}` }, text), element("span", { class: "path" }, isolated(paths[i])));
  button.append(i in unreadable ? element("span", { class: "attributes" }, unreadable[i]) : lines(i, question));
  if (remark) button.append(element("span", { class: "notice" }, remark));
  if (review.has(i)) button.append(element("span", { class: "mark" }, review.text(i)));
  return element("li", {}, button);
}

/** @param {number} i @param {Question} question */
function picture(i, { view, d }) {
  const found = pictureOf(i);
  if (!found) return element("span", { class: "picture" }, element("span", {}, "no picture was kept"));
  const image = element("img", { src: found[0], alt: "", width: found[1], height: found[2], decoding: "async" });
  return element("span", { class: "picture" }, view === "boxes" ? overlaid(image, found, outlines([d], i)) : image);
}

/** Each detector's score, or its time where the slowest are shown. @param {number} i @param {Question} question */
function lines(i, { view }) {
  const slow = view === "slow";
  const rows = active.map((d) =>
    element(
      "span",
      { class: seriesOf(d) },
      element("span", { class: "name" }, isolated(detectors[d].name)),
      slow ? element("span") : scoreBar(d, i),
      element("span", { class: "number" }, slow ? timeText(latency[d]?.[i] ?? NaN) : scoreText(scores[d][i])),
    ),
  );
  return element("span", { class: "scores" }, ...rows);
}

/** @param {number} i @param {Question} question */
function remarkOn(i, { view, d }) {
  if (view === "flips") return flipText(d, i);
  return view === "boxes" ? overlapText(d, i) : "";
}
