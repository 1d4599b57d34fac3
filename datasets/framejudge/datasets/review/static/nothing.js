// @ts-check
// What stands where there are no images: the end of the list, all done, or trouble, and what to do then.

import { count, get, makeButton } from './dom.js';
import { choose, field, showAllToDo, view } from './filters.js';
import { grid, state } from './page.js';
import { show, showActions } from './status.js';

/** @typedef {import('./server.js').Page} Page */

/**
 * @param {Page} page one without images
 * @param {() => void} begin shows the first images
 */
export function showNothing(page, begin) {
  grid.show([]);
  state.row = { items: [], place: 0, before: 0, after: 0 };
  const left = page.progress.left;
  const toDo = left.framed + left.plain + left[''];
  const other = field('proposed') === 'framed' ? 'plain' : 'framed';
  /** @type {[string, () => void][]} */
  const choices = [];
  let title = 'Nothing matches';
  let text = 'No image is like that. Change what to show above.';
  if (page.matching > 0) {
    title = 'The end of the list';
    text = `${count(page.matching)} ${page.matching === 1 ? 'image is' : 'images are'} still here.`;
    choices.push(['From the beginning', begin]);
  } else if (toDo === 0) {
    title = 'Every image is decided';
    text = 'Stop the command with Ctrl-C in its terminal: it writes the labels and says what changed.';
  } else if (field('status') === 'todo') {
    title = 'Nothing left to do here';
    text = `${count(toDo)} elsewhere in the set.`;
  }
  if (view() === 'grid' && left[other] > 0) {
    choices.push([`On to ${other} (${count(left[other])})`, () => choose('proposed', other)]);
  } else if (toDo > 0 && page.matching === 0) {
    choices.push([`All that is to do (${count(toDo)})`, showAllToDo]);
  }
  showMessage(title, text, choices);
}

/**
 * @param {string} title
 * @param {unknown} problem
 * @param {() => void} again
 */
export function showTrouble(title, problem, again) {
  showMessage(title, problem instanceof Error ? problem.message : String(problem), [['Try again', again]]);
}

/**
 * @param {string} title
 * @param {string} text
 * @param {[string, () => void][]} choices what the buttons say and do
 */
function showMessage(title, text, choices) {
  show('nothing');
  document.body.dataset.empty = 'yes';
  get('nothing-title').textContent = title;
  get('nothing-text').textContent = text;
  get('nothing-choices').replaceChildren(...choices.map(([label, act], place) => makeButton(label, act, place === 0)));
  showActions();
}
