// Elements made and found; what every other module draws with.

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The elements of a selector. @param {string} selector @param {ParentNode} [within] */
export const all = (selector, within = document) => /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll(selector));

/** What the page carries as JSON. @param {string} id */
export const embedded = (id) => JSON.parse(byId(id).textContent || "null");

/**
 * Make an element; texts are set as text, never as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/**
 * Make an element of an SVG.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {Node[]} children
 */
export function drawing(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** A text from outside, kept from reordering what stands around it. @param {string} text */
export const isolated = (text) => element("bdi", {}, text);

/** Work that waits for the next frame, one piece a key: a drag fires faster than the screen is drawn. */
const waiting = new Map();

/** @param {() => void} work @param {unknown} key */
export function schedule(work, key) {
  if (waiting.size === 0) {
    requestAnimationFrame(() => {
      const due = [...waiting.values()];
      waiting.clear();
      for (const one of due) one();
    });
  }
  waiting.set(key, work);
}

/** Drop the work that waits under a key. @param {unknown} key */
export const unschedule = (key) => waiting.delete(key);
