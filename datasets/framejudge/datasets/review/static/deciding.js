// @ts-check
// What a person decides: one image, the page as proposed, or the last step taken back.

import { view } from './filters.js';
import { decisions, grid, isEmpty, single, state } from './page.js';
import { load, step, turnPage } from './paging.js';

/** @typedef {import('./server.js').Item} Item */
/** @typedef {import('./server.js').Verdict} Verdict */

/**
 * @param {Item} item
 * @param {Verdict} verdict
 */
export function decideOne(item, verdict) {
  return decisions.decide([{ item, verdict }]);
}

/** @param {Verdict} verdict */
export function decideShown(verdict) {
  if (!single.item || isEmpty()) return;
  decideOne(single.item, verdict);
  step(1);
}

export async function accept() {
  if (!grid.ready || isEmpty()) return;
  const page = grid.items;
  await decisions.decide(grid.toAccept().map((item) => ({ item, verdict: /** @type {Verdict} */ (item.proposed) })));
  if (decisions.unsaved === 0 && page === grid.items) await turnPage(1);
}

export async function undo() {
  const items = decisions.undo();
  if (!items.length) return;
  const numbers = items.map((item) => item.number);
  if (view() === 'grid') {
    const shown = new Set(grid.items.map((item) => item.number));
    if (isEmpty() || !numbers.every((number) => shown.has(number))) {
      await load({ after: Math.min(...numbers) - 1 });
    }
  } else {
    const place = state.row.items.findIndex((item) => item.number === numbers[0]);
    if (place < 0 || isEmpty()) {
      await load({ after: Math.min(...numbers) - 1 });
    } else {
      state.row.place = place;
      single.show(state.row.items[place]);
    }
  }
}
