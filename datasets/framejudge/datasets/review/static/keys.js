// @ts-check
// The page by keyboard.

import { accept, decideOne, decideShown, undo } from './deciding.js';
import { get } from './dom.js';
import { choose, view } from './filters.js';
import { turned } from './grid.js';
import { grid, isEmpty } from './page.js';
import { step, turnPage } from './paging.js';

/** @typedef {import('./server.js').Verdict} Verdict */

const VERDICT_KEYS = /** @type {Record<string, Verdict>} */ ({ f: 'framed', p: 'plain', u: 'unsure' });

const help = /** @type {HTMLDialogElement} */ (get('help'));

/** @param {KeyboardEvent} event */
export function onKey(event) {
  const target = /** @type {Element} */ (event.target);
  if (help.open || event.ctrlKey || event.metaKey || event.altKey) return;
  const isRadio = target.matches('input[type=radio]');
  if (!isRadio && target.matches('input, select, textarea, summary')) return;
  const isArrow = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End';
  if (isRadio && (isArrow || event.key === ' ')) return;
  // A button answers to Enter and Space itself; the grid's images are no buttons.
  if (target.matches('button') && (event.key === 'Enter' || event.key === ' ')) return;
  if (event.repeat && !isArrow) return; // leaning on a key decides nothing
  if (act(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
}

/**
 * @param {string} key
 * @returns {boolean} whether the key meant something
 */
function act(key) {
  if (key === 'z') undo();
  else if (key === 'g') choose('view', 'grid');
  else if (key === 'o') choose('view', 'single');
  else if (key === '?') help.showModal();
  else if (isEmpty()) return key === 'Enter' && pressFirstChoice();
  else return view() === 'grid' ? actInGrid(key) : actInSingle(key);
  return true;
}

function pressFirstChoice() {
  const button = get('nothing-choices').querySelector('button');
  button?.click();
  return button !== null;
}

/** @param {string} key */
function actInGrid(key) {
  const focused = grid.focused;
  if (key === 'Enter') accept();
  else if (key === 'n') turnPage(1);
  else if (key === 'b') turnPage(-1);
  else if (key.startsWith('Arrow') || key === 'Home' || key === 'End') grid.move(key);
  else if (focused && (key === ' ' || key === 'x')) decideOne(focused, turned(focused));
  else if (focused && key in VERDICT_KEYS) decideOne(focused, VERDICT_KEYS[key]);
  else return false;
  return true;
}

/** @param {string} key */
function actInSingle(key) {
  if (key in VERDICT_KEYS) decideShown(VERDICT_KEYS[key]);
  else if (key === 'ArrowRight' || key === 'n') step(1);
  else if (key === 'ArrowLeft' || key === 'b') step(-1);
  else return false;
  return true;
}
