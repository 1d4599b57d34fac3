// @ts-check
// Wires the page. A decision counts as made only when the server has it on the disk.

import { accept, decideOne, decideShown, undo } from './deciding.js';
import { get } from './dom.js';
import { activeFilters, field, filters, form, recall, remember, session, setField, view } from './filters.js';
import { turned } from './grid.js';
import { onKey } from './keys.js';
import { showTrouble } from './nothing.js';
import { decisions, grid, isEmpty, single, state } from './page.js';
import { loadAgain, loadFirst, onGridReady, turnPage } from './paging.js';
import { describeSet, fetchPage } from './server.js';
import { showActions, showProblems, showProgress, showSaving } from './status.js';

const RESIZE_SETTLES_MS = 150;

const reviewerInput = /** @type {HTMLInputElement} */ (get('reviewer'));

function onFiltersChanged() {
  if (view() === 'grid' && !field('proposed')) {
    const left = state.progress?.left ?? {};
    setField('proposed', left.framed >= left.plain ? 'framed' : 'plain');
  }
  const active = activeFilters();
  get('filters-active').textContent = active ? `(${active})` : '';
  remember();
  loadFirst();
}

async function begin() {
  /** @type {import('./server.js').SetDescription} */
  let set;
  try {
    set = await describeSet();
  } catch (problem) {
    showTrouble('The set cannot be loaded', problem, begin);
    return;
  }
  document.title = `Review · ${set.name}`;
  get('set-name').textContent = set.name;
  get('score-field').hidden = set.scores === null;
  get('source-field').hidden = set.sources.length < 2;
  const sources = /** @type {HTMLSelectElement} */ (form.elements.namedItem('source'));
  sources.append(...set.sources.map((source) => new Option(source, source)));
  const memory = recall();
  session.reviewer = memory.reviewer || set.reviewer;
  reviewerInput.value = session.reviewer;
  for (const [name, value] of Object.entries(memory.fields ?? {})) setField(name, value);
  const room = matchMedia('(min-width: 60rem)');
  const unfold = () => { /** @type {HTMLDetailsElement} */ (get('more')).open = room.matches; };
  room.addEventListener('change', unfold);
  unfold();
  try {
    if (!memory.fields) await beginWhereWorkIs();
    onFiltersChanged();
  } catch (problem) {
    showTrouble('The images cannot be loaded', problem, loadAgain);
  }
}

/** Open on a class that has something to pass at a glance, one by one where nothing is proposed. */
async function beginWhereWorkIs() {
  const page = await fetchPage({ ...filters(), limit: 1 });
  state.progress = page.progress;
  const { framed, plain, '': unproposed } = page.progress.left;
  setField('proposed', framed > 0 || plain === 0 ? 'framed' : 'plain');
  if (framed + plain === 0 && unproposed > 0) {
    setField('view', 'single');
    setField('proposed', '');
  }
}

decisions.onChange = (items) => {
  grid.refresh(items);
  single.refresh();
  showProblems();
  showSaving();
  showActions();
};
decisions.onProgress = (progress) => {
  state.progress = progress;
  showProgress();
};
grid.onClick = (item) => decideOne(item, turned(item));
grid.onReady = onGridReady;
single.onVerdict = decideShown;

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', onFiltersChanged);
reviewerInput.addEventListener('change', async () => {
  const name = reviewerInput.value.trim();
  if (!name) {
    reviewerInput.value = session.reviewer;
    return;
  }
  await decisions.settled();
  decisions.forget();
  session.reviewer = name;
  reviewerInput.value = name;
  remember();
  loadFirst();
});
document.addEventListener('keydown', onKey);
get('accept').addEventListener('click', accept);
get('forward').addEventListener('click', () => turnPage(1));
get('back').addEventListener('click', () => turnPage(-1));
get('undo').addEventListener('click', undo);
get('help-button').addEventListener('click', () => /** @type {HTMLDialogElement} */ (get('help')).showModal());
window.addEventListener('beforeunload', (event) => {
  if (decisions.unsaved || decisions.saving) event.preventDefault();
});

let resizing = 0;
window.addEventListener('resize', () => {
  clearTimeout(resizing);
  resizing = window.setTimeout(() => {
    if (view() === 'grid' && !isEmpty()) loadAgain();
  }, RESIZE_SETTLES_MS);
});

showSaving();
begin();
