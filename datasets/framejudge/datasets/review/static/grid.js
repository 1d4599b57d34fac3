// @ts-check
// The grid: one proposed class, passed at a glance; a click turns a wrong one.

import { thumbnailOf } from './server.js';
import { verdictOf } from './decisions.js';

/** @typedef {import('./server.js').Item} Item */
/** @typedef {import('./server.js').Verdict} Verdict */

const LEAST_ROWS = 1;
const LEAST_COLUMNS = 2;
const LEAST_SHARE_OF_SIZE = 0.85;

export class Grid {
  /** @type {Map<number, HTMLElement>} */
  #tiles = new Map();
  /** @type {Item[]} */
  items = [];
  columns = 1;
  #loading = 0;
  /** @type {(item: Item) => void} */
  onClick = () => {};
  /** @type {() => void} called when every picture of the page is there, or is known to be broken */
  onReady = () => {};

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    element.addEventListener('click', (event) => {
      const item = this.#itemAt(event.target);
      if (item) this.onClick(item);
    });
  }

  /** All pictures shown: only what was seen can be accepted. */
  get ready() {
    return this.items.length > 0 && this.#loading === 0;
  }

  /** The images of the page that accepting it decides: seen, readable and not yet decided. */
  toAccept() {
    return this.items.filter((item) => verdictOf(item) === null && !item.broken && item.proposed);
  }

  /** @returns {Item | undefined} */
  get focused() {
    return this.#itemAt(document.activeElement);
  }

  /**
   * How many tiles fit without scrolling, because Enter must not accept what is below the fold.
   * @param {number} tile_px about the side of a tile; what fills the space best is taken
   */
  capacity(tile_px) {
    const style = getComputedStyle(this.element);
    const gap = parseFloat(style.columnGap) || 0;
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    const width = this.element.clientWidth - padding;
    const height = this.element.clientHeight - padding;
    const usual = Math.floor((width + gap) / (tile_px + gap));
    let best = { columns: LEAST_COLUMNS, rows: LEAST_ROWS, area: 0 };
    for (let columns = Math.max(LEAST_COLUMNS, usual - 1); columns <= Math.max(LEAST_COLUMNS, usual + 2); columns += 1) {
      const side = (width - gap * (columns - 1)) / columns;
      const rows = Math.max(LEAST_ROWS, Math.floor((height + gap) / (side + gap)));
      const area = side >= LEAST_SHARE_OF_SIZE * tile_px ? columns * rows * side * side : 0;
      if (area > best.area) best = { columns, rows, area };
    }
    this.columns = best.columns;
    this.element.style.setProperty('--columns', String(best.columns));
    this.element.style.setProperty('--rows', String(best.rows));
    return this.columns * best.rows;
  }

  /** @param {Item[]} items */
  show(items) {
    this.items = items;
    this.#loading = items.length;
    this.element.dataset.state = 'loading';
    delete this.element.dataset.ahead;
    this.#tiles = new Map(items.map((item) => [item.number, this.#makeTile(item)]));
    this.element.replaceChildren(...this.#tiles.values());
    this.refresh(items);
  }

  /** @param {Item[]} items those that look different now */
  refresh(items) {
    for (const item of items) {
      const tile = this.#tiles.get(item.number);
      if (!tile) continue;
      const verdict = verdictOf(item);
      const changed = verdict !== null && verdict !== item.proposed;
      tile.dataset.verdict = verdict ?? '';
      tile.classList.toggle('changed', changed);
      tile.classList.toggle('unsaved', item.wanted !== undefined);
      tile.setAttribute('aria-selected', String(changed));
      tile.setAttribute('aria-label', describe(item, verdict));
      /** @type {HTMLElement} */ (tile.querySelector('.badge')).textContent =
        verdict === null ? '' : changed ? verdict : `✓ ${verdict}`;
    }
  }

  /** @param {string} key an arrow, Home or End */
  move(key) {
    const at = this.focused ? this.items.indexOf(this.focused) : -1;
    const last = this.items.length - 1;
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns };
    const to = key === 'Home' ? 0 : key === 'End' ? last : at < 0 ? 0 : at + (steps[key] ?? 0);
    if (to >= 0 && to <= last) this.focus(to);
  }

  /** @param {number} place on the page */
  focus(place) {
    const chosen = this.#tiles.get(this.items[place]?.number);
    if (!chosen) return;
    for (const tile of this.#tiles.values()) tile.tabIndex = tile === chosen ? 0 : -1;
    chosen.focus({ preventScroll: false });
  }

  /** @param {EventTarget | null} target */
  #itemAt(target) {
    const tile = target instanceof Element ? target.closest('.tile') : null;
    return tile instanceof HTMLElement
      ? this.items.find((item) => item.number === Number(tile.dataset.number))
      : undefined;
  }

  /** @param {Item} item */
  #makeTile(item) {
    const tile = document.createElement('div');
    tile.className = 'tile';
    tile.setAttribute('role', 'option');
    tile.tabIndex = item === this.items[0] ? 0 : -1;
    tile.dataset.number = String(item.number);
    tile.title = item.path;
    const picture = document.createElement('img');
    picture.alt = '';
    picture.draggable = false;
    picture.decoding = 'async';
    const arrived = () => {
      if (this.items.includes(item) && this.#tiles.get(item.number) === tile) this.#arrive();
    };
    picture.addEventListener('load', arrived, { once: true });
    picture.addEventListener('error', () => {
      item.broken = true;
      tile.classList.add('broken');
      picture.replaceWith(textElement('span', 'why', item.problem || 'cannot be read'));
      this.refresh([item]);
      arrived();
    }, { once: true });
    picture.src = thumbnailOf(item);
    tile.append(
      picture,
      textElement('span', 'badge', ''),
      ' ',
      textElement('span', 'score', item.score === null ? '' : item.score.toFixed(2)),
    );
    return tile;
  }

  #arrive() {
    this.#loading -= 1;
    if (this.#loading > 0) return;
    this.element.dataset.state = 'ready';
    this.onReady();
  }
}

/**
 * What a click makes of an item: the other class, or back to unlabelled.
 * @param {Item} item
 * @returns {Verdict}
 */
export function turned(item) {
  const verdict = verdictOf(item);
  if (verdict !== null && verdict !== item.proposed) return 'withdrawn';
  return item.proposed === 'framed' ? 'plain' : 'framed';
}

/**
 * What a screen reader says; what can be read on the tile comes last and in its order, for those who speak it.
 * @param {Item} item
 * @param {Verdict | null} verdict
 */
function describe(item, verdict) {
  const parts = [item.path, item.proposed ? `proposed ${item.proposed}` : 'no proposal'];
  if (item.broken) parts.push(item.problem || 'cannot be read');
  if (verdict) parts.push(`decided ${verdict}`);
  if (item.score !== null) parts.push(item.score.toFixed(2));
  return parts.join(', ');
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} text
 */
function textElement(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
