// @ts-check
// One image at a time, as large as the window allows.

import { pictureOf } from './server.js';
import { verdictOf } from './decisions.js';

/** @typedef {import('./server.js').Item} Item */

export class Single {
  /** @type {Item | undefined} */
  item;
  /** @type {(verdict: import('./server.js').Verdict) => void} */
  onVerdict = () => {};

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.picture = /** @type {HTMLImageElement} */ (element.querySelector('#picture'));
    this.mat = /** @type {HTMLElement} */ (element.querySelector('.mat'));
    this.caption = /** @type {HTMLElement} */ (element.querySelector('#caption'));
    this.facts = /** @type {HTMLElement} */ (element.querySelector('#facts'));
    this.others = /** @type {HTMLElement} */ (element.querySelector('#others'));
    /** @type {NodeListOf<HTMLButtonElement>} */
    this.buttons = element.querySelectorAll('.verdicts button');
    for (const button of this.buttons) {
      button.addEventListener('click', () => this.onVerdict(/** @type {any} */ (button.dataset.verdict)));
    }
    this.picture.addEventListener('load', () => this.#settle(false));
    this.picture.addEventListener('error', () => this.#settle(true));
  }

  /** @param {Item} item */
  show(item) {
    this.item = item;
    this.mat.classList.remove('broken');
    this.mat.dataset.state = 'loading';
    this.picture.alt = item.path;
    this.picture.src = pictureOf(item);
    this.caption.textContent = item.path;
    this.#showFacts(item);
    this.refresh();
  }

  refresh() {
    if (!this.item) return;
    const verdict = verdictOf(this.item);
    for (const button of this.buttons) {
      button.setAttribute('aria-pressed', String(button.dataset.verdict === verdict));
    }
    const said = Object.entries(this.item.others).map(([name, other]) => `${name} says ${other}`);
    this.others.hidden = said.length === 0;
    this.others.textContent = said.join(', ');
  }

  /** @param {boolean} broken */
  #settle(broken) {
    if (this.item && broken) this.item.broken = true;
    this.mat.dataset.why = this.item?.problem || 'This file cannot be read.';
    this.mat.classList.toggle('broken', broken);
    this.mat.dataset.state = 'ready';
  }

  /** @param {Item} item */
  #showFacts(item) {
    /** @type {[string, string][]} */
    const facts = [['Proposed', item.proposed ?? 'nothing']];
    if (item.label) facts.push(['Label', item.label]);
    if (item.score !== null) facts.push(['Score', item.score.toFixed(3)]);
    if (item.source) facts.push(['Source', item.source]);
    this.facts.replaceChildren();
    for (const [name, value] of facts) {
      const term = document.createElement('dt');
      const detail = document.createElement('dd');
      term.textContent = name;
      detail.textContent = value;
      if (name === 'Score' && item.score !== null) {
        const meter = document.createElement('span');
        meter.className = 'meter';
        meter.style.setProperty('--share', String(item.score));
        meter.append(document.createElement('i'));
        detail.append(meter);
      }
      this.facts.append(term, detail);
    }
  }
}
