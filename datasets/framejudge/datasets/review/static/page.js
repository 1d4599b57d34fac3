// @ts-check
// The page's one state: the grid, the single view, the decisions, and which images they show.

import { Decisions } from './decisions.js';
import { get } from './dom.js';
import { session } from './filters.js';
import { Grid } from './grid.js';
import { Single } from './single.js';

/** @typedef {import('./server.js').Item} Item */
/** @typedef {import('./server.js').Progress} Progress */

export const decisions = new Decisions(() => session.reviewer);
export const grid = new Grid(get('grid'));
export const single = new Single(get('single-view'));

export const state = {
  /** @type {Progress | undefined} */
  progress: undefined,
  /** @type {{items: Item[], place: number, before: number, after: number}} the images of the one-by-one view */
  row: { items: [], place: 0, before: 0, after: 0 },
  /** What lies beside the grid's page. */
  around: { before: 0, after: 0 },
};

/** Whether a message stands in place of images. */
export const isEmpty = () => Boolean(document.body.dataset.empty);
