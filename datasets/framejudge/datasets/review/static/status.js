// @ts-check
// What the page says of itself: what is shown, how far the review is, what can be done now, what is not saved.

import { count, get, makeButton } from './dom.js';
import { field, view } from './filters.js';
import { decisions, grid, isEmpty, state } from './page.js';
import { thumbnailOf } from './server.js';

/** @param {string} id the section to show */
export function show(id) {
  document.body.dataset.view = view();
  document.body.dataset.proposed = field('proposed');
  delete document.body.dataset.empty;
  for (const section of ['grid-view', 'single-view', 'nothing']) get(section).hidden = section !== id;
  showQuestion();
}

function showQuestion() {
  const proposed = field('proposed');
  const strong = document.createElement('strong');
  strong.textContent = proposed;
  get('grid-question').replaceChildren('Is each of these ', strong, '? Turn the ones that are not, then accept the page.');
}

export function showProgress() {
  const { progress } = state;
  if (!progress) return;
  const bar = /** @type {HTMLProgressElement} */ (get('progress-bar'));
  bar.max = progress.images;
  bar.value = progress.decided;
  const parts = [`${count(progress.decided)} of ${count(progress.images)}`];
  if (progress.unsure) parts.push(`${count(progress.unsure)} unsure`);
  if (progress.disputed) parts.push(`${count(progress.disputed)} disputed`);
  get('progress-text').textContent = parts.join(' · ');
  get('left-framed').textContent = count(progress.left.framed);
  get('left-plain').textContent = count(progress.left.plain);
}

export function showSaving() {
  const saving = get('saving');
  const state = decisions.unsaved ? 'failed' : decisions.saving ? 'saving' : 'saved';
  saving.dataset.state = state;
  saving.textContent = state === 'failed' ? `${count(decisions.unsaved)} not saved` : state === 'saving' ? 'Saving' : 'All saved on disk';
}

export function showActions() {
  const inGrid = view() === 'grid';
  const empty = isEmpty();
  const left = grid.toAccept().length;
  const button = /** @type {HTMLButtonElement} */ (get('accept'));
  button.disabled = empty || !grid.ready || decisions.unsaved > 0;
  get('accept-text').textContent = left ? `Accept ${count(left)} as ${field('proposed')}` : 'Next page';
  get('forward-text').textContent = inGrid ? 'Skip page' : 'Next';
  get('forward-key').textContent = inGrid ? 'N' : '→';
  get('back-text').textContent = inGrid ? 'Back' : 'Previous';
  get('back-key').textContent = inGrid ? 'B' : '←';
  const back = inGrid ? state.around.before > 0 : state.row.place > 0 || state.row.before > 0;
  /** @type {HTMLButtonElement} */ (get('back')).disabled = empty || !back;
  /** @type {HTMLButtonElement} */ (get('forward')).disabled = empty;
  /** @type {HTMLButtonElement} */ (get('undo')).disabled = !decisions.canUndo;
}

export function showProblems() {
  const box = get('problems');
  /** @type {HTMLElement[]} */
  const parts = [];
  if (decisions.unsaved) {
    const line = document.createElement('p');
    const text = document.createElement('span');
    text.textContent = `${count(decisions.unsaved)} not saved: ${decisions.failure}`;
    line.append(text, makeButton('Try again', () => decisions.retry(), true));
    parts.push(line);
  }
  for (const conflict of decisions.conflicts) parts.push(conflictLine(conflict));
  box.replaceChildren(...parts);
  box.hidden = parts.length === 0;
}

/** @param {import('./decisions.js').Conflict} conflict */
function conflictLine(conflict) {
  const line = document.createElement('div');
  line.className = 'conflict';
  const picture = document.createElement('img');
  picture.src = thumbnailOf(conflict.item);
  picture.alt = '';
  const text = document.createElement('span');
  const theirs = conflict.theirs === 'withdrawn' ? 'took the decision back' : `decided ${conflict.theirs}`;
  const mine = conflict.mine === 'withdrawn' ? 'took it back' : `said ${conflict.mine}`;
  text.textContent = `${conflict.item.path}: another tab ${theirs} meanwhile; here you ${mine}.`;
  const keep = conflict.theirs === 'withdrawn' ? 'Leave unlabelled' : `Keep ${conflict.theirs}`;
  const insist = conflict.mine === 'withdrawn' ? 'Take it back' : `Make it ${conflict.mine}`;
  line.append(
    picture,
    text,
    makeButton(keep, () => decisions.resolve(conflict, false)),
    makeButton(insist, () => decisions.resolve(conflict, true)),
  );
  return line;
}
