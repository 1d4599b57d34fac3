// The gallery's form: what it offers, what is asked with it, and which images its filters let through.

import { byId, element } from "./dom.js";
import { isWrong } from "./judging.js";
import { active, attributes, count, detectors, paths, scores } from "./run.js";

/** @typedef {import("./views.js").View} View */
/** @typedef {ReturnType<typeof asked>} Question */

const LONGEST_CHOICE = 300;

export const form = /** @type {HTMLFormElement} */ (byId("gallery-form"));

/** @param {string} name */
export const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));

/** Fill the form's lists. The detector with the fewest mistakes, but at least one, is the first to be shown. */
export function offer() {
  for (const d of active) {
    field("detector").append(element("option", { value: d }, detectors[d].name));
    field("against").append(element("option", { value: d }, detectors[d].name));
  }
  const mistakes = detectors.map((_, d) => mistakesOf(d));
  const byMistakes = [...active].sort((a, b) => mistakes[a] - mistakes[b]);
  const best = byMistakes.find((d) => mistakes[d] > 0) ?? byMistakes[0];
  preselect("detector", best);
  preselect("against", active.find((d) => d !== best));
  attributes.forEach((attribute, a) => {
    const group = element("optgroup", { label: attribute.name });
    attribute.values.slice(0, LONGEST_CHOICE).forEach((value, code) => {
      if (value !== "") group.append(element("option", { value: `${a} ${code}` }, value));
    });
    field("slice").append(group);
  });
}

/** Choose as the default, so that resetting the form comes back to it. @param {string} name @param {number | undefined} d */
function preselect(name, d) {
  if (d !== undefined) field(name).querySelector(`option[value="${d}"]`)?.setAttribute("selected", "");
}

/** @param {number} d */
function mistakesOf(d) {
  let wrong = 0;
  for (let i = 0; i < count; i++) if (isWrong(d, i)) wrong++;
  return wrong;
}

/** What the form asks for. */
export function asked() {
  const slice = field("slice").value;
  const from = field("from").value;
  const to = field("to").value;
  return {
    view: /** @type {View} */ (/** @type {RadioNodeList} */ (/** @type {unknown} */ (form.elements.namedItem("view"))).value),
    d: Number(field("detector").value),
    e: Number(field("against").value),
    slice: slice ? membership(slice) : null,
    from: from === "" ? -Infinity : Number(from),
    to: to === "" ? Infinity : Number(to),
    text: field("path").value.toLowerCase(),
    sort: field("sort").value,
  };
}

/** Set the form to a view of a detector, without any filter. @param {View} view @param {number} d */
export function ask(view, d) {
  form.reset();
  field("detector").value = String(d);
  /** @type {HTMLInputElement} */ (form.querySelector(`[name=view][value=${view}]`)).checked = true;
}

/** Set the form to a slice, and to a detector where it is known. @param {string} attribute @param {string} value @param {string} detector */
export function askSlice(attribute, value, detector) {
  const wanted = sliceOf(attribute, value);
  const slice = /** @type {HTMLSelectElement} */ (field("slice"));
  if (![...slice.options].some((option) => option.value === wanted)) {
    slice.append(element("option", { value: wanted }, `${attribute}: ${value}`));
  }
  slice.value = wanted;
  const d = detectors.findIndex((one) => one.name === detector);
  if (d >= 0) field("detector").value = String(d);
}

/** How the form names a slice; "" where the page knows no such one. @param {string} attribute @param {string} value */
export function sliceOf(attribute, value) {
  const a = attributes.findIndex((one) => one.name === attribute);
  if (a < 0) return "";
  const code = attributes[a].values.indexOf(value);
  if (code >= 0) return `${a} ${code}`;
  const part = value.match(/^(?:below (\S+)|(\S+) to (\S+)|(\S+) and more)$/);
  return part ? `${a} ${Number(part[2] ?? part[4] ?? -Infinity)} ${Number(part[1] ?? part[3] ?? Infinity)}` : "";
}

/**
 * Which values of an attribute a slice holds.
 * @param {string} chosen an attribute's number and a value's, or its number and the ends of a range
 */
function membership(chosen) {
  const [a, ...parts] = chosen.split(" ").map(Number);
  const { values, codes } = attributes[a];
  const allowed = new Uint8Array(values.length);
  if (parts.length === 1) allowed[parts[0]] = 1;
  else {
    values.forEach((value, code) => {
      if (value !== "" && Number(value) >= parts[0] && Number(value) < parts[1]) allowed[code] = 1;
    });
  }
  return { allowed, codes };
}

/** @type {string[] | null} */
let lowered = null;
const everything = new Uint32Array(count).map((_, i) => i);

/** The positions that the filters let through, ascending. @param {Question} question */
export function passing({ d, slice, from, to, text }) {
  const score = scores[d];
  const limited = from > -Infinity || to < Infinity;
  if (!slice && !limited && !text) return everything;
  const small = text ? (lowered ??= paths.map((path) => path.toLowerCase())) : paths;
  const passed = new Uint32Array(count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    if (
      (!slice || slice.allowed[slice.codes[i]] === 1) &&
      (!limited || (score[i] >= from && score[i] <= to)) &&
      (!text || small[i].includes(text))
    )
      passed[size++] = i;
  }
  return passed.subarray(0, size);
}
