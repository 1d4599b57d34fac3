// @ts-check
// Loads images from the server and walks through them: pages of the grid, one by one in the single view.

import { preload } from './dom.js';
import { field, filters, view } from './filters.js';
import { showNothing, showTrouble } from './nothing.js';
import { decisions, grid, single, state } from './page.js';
import { fetchPage, pictureOf, thumbnailOf } from './server.js';
import { show, showActions, showProgress } from './status.js';

/** @typedef {import('./server.js').Item} Item */
/** @typedef {import('./server.js').Page} Page */

const SINGLE_BATCH = 20;
const SINGLE_AHEAD = 4;

/** Numbers the requests for a page: an answer that a newer request has overtaken is dropped. */
let asked = 0;

/** @param {Record<string, number>} where after or before which image */
export async function load(where) {
  const ticket = ++asked;
  const inGrid = view() === 'grid';
  show(inGrid ? 'grid-view' : 'single-view');
  const limit = inGrid ? Math.min(200, grid.capacity(Number(field('size')))) : SINGLE_BATCH;
  try {
    await decisions.settled();
    const page = await fetchPage({ ...filters(), ...where, limit });
    if (ticket !== asked) return;
    state.progress = page.progress;
    state.around = page;
    if (!page.items.length) showNothing(page, loadFirst);
    else if (inGrid) grid.show(page.items);
    else startRow(page, 'before' in where ? page.items.length - 1 : 0);
    showProgress();
    showActions();
  } catch (problem) {
    if (ticket === asked) showTrouble('The images cannot be loaded', problem, loadAgain);
  }
}

export const loadFirst = () => load({});

export function loadAgain() {
  const first = view() === 'grid' ? grid.items[0] : state.row.items[state.row.place];
  return load(first ? { after: first.number - 1 } : {});
}

/** @param {1 | -1} direction */
export function turnPage(direction) {
  if (view() !== 'grid') return step(direction);
  if (direction > 0) {
    const last = grid.items.at(-1);
    return load(last ? { after: last.number } : {});
  }
  return state.around.before > 0 && grid.items[0] ? load({ before: grid.items[0].number }) : undefined;
}

/**
 * @param {Page} page
 * @param {number} place
 */
function startRow(page, place) {
  state.row = { items: page.items, place, before: page.before, after: page.after };
  single.show(state.row.items[place]);
  preload(state.row.items.slice(place + 1, place + 1 + SINGLE_AHEAD).map(pictureOf));
}

/** @param {1 | -1} direction */
export async function step(direction) {
  const place = state.row.place + direction;
  const to = state.row.items[place];
  if (to) {
    state.row.place = place;
    single.show(to);
    showActions();
    preload(state.row.items.slice(place + 1, place + 1 + SINGLE_AHEAD).map(pictureOf));
    if (place + SINGLE_AHEAD >= state.row.items.length && state.row.after > 0) await extendRow();
  } else if (direction > 0) {
    const last = state.row.items.at(-1);
    await load(last ? { after: last.number } : {});
  } else if (state.row.items[0] && state.row.before > 0) {
    await load({ before: state.row.items[0].number });
  }
}

async function extendRow() {
  const mine = state.row;
  const last = /** @type {Item} */ (mine.items.at(-1));
  try {
    const page = await fetchPage({ ...filters(), after: last.number, limit: SINGLE_BATCH });
    if (mine !== state.row || mine.items.at(-1) !== last) return;
    mine.items.push(...page.items);
    mine.after = page.after;
  } catch {
    // The row ends here for now; stepping over its end asks again and says what is wrong.
  }
}

export async function onGridReady() {
  const last = grid.items.at(-1);
  showActions();
  if (!last || state.around.after === 0) return;
  const ticket = asked;
  try {
    const page = await fetchPage({ ...filters(), after: last.number, limit: grid.items.length });
    if (ticket !== asked) return;
    await preload(page.items.map(thumbnailOf));
    if (ticket === asked) grid.element.dataset.ahead = 'ready';
  } catch {
    // Only a head start: the next page is asked for again when it is wanted.
  }
}
