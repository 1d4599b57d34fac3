// @ts-check
// Wires the page: what to show, keys, paging. A decision counts as made only when the server has it on the disk.

import { Decisions, verdictOf } from './decisions.js';
import { Grid, turned } from './grid.js';
import { describeSet, fetchPage, pictureOf, thumbnailOf } from './server.js';
import { Single } from './single.js';

/** @typedef {import('./server.js').Item} Item */
/** @typedef {import('./server.js').Page} Page */
/** @typedef {import('./server.js').Verdict} Verdict */

const SINGLE_BATCH = 20;
const SINGLE_AHEAD = 4;
const RESIZE_SETTLES_MS = 150;
const MEMORY = 'framejudge-review';
const VERDICT_KEYS = /** @type {Record<string, Verdict>} */ ({ f: 'framed', p: 'plain', u: 'unsure' });

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const get = (id) => /** @type {T} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (get('filters'));
const reviewerInput = /** @type {HTMLInputElement} */ (get('reviewer'));
const help = /** @type {HTMLDialogElement} */ (get('help'));

let reviewer = '';
/** Numbers the requests for a page: an answer that a newer request has overtaken is dropped. */
let asked = 0;
/** @type {import('./server.js').Progress | undefined} */
let progress;
/** @type {{items: Item[], place: number, before: number, after: number}} the images of the one-by-one view */
let row = { items: [], place: 0, before: 0, after: 0 };
/** What lies beside the grid's page. */
let around = { before: 0, after: 0 };

const decisions = new Decisions(() => reviewer, onDecided, (now) => { progress = now; showProgress(); });
const grid = new Grid(get('grid'), (item) => decideOne(item, turned(item)), onGridReady);
const single = new Single(get('single-view'), decideShown);

/** @param {string} name */
const field = (name) => String(new FormData(form).get(name) ?? '');
const view = () => field('view');

function filters() {
  return {
    reviewer,
    proposed: field('proposed'),
    status: field('status'),
    source: field('source'),
    low: field('low'),
    high: field('high'),
  };
}

// Loading and paging

/** @param {Record<string, number>} where after or before which image */
async function load(where) {
  const ticket = ++asked;
  const inGrid = view() === 'grid';
  show(inGrid ? 'grid-view' : 'single-view');
  const limit = inGrid ? Math.min(200, grid.capacity(Number(field('size')))) : SINGLE_BATCH;
  try {
    await decisions.settled();
    const page = await fetchPage({ ...filters(), ...where, limit });
    if (ticket !== asked) return;
    progress = page.progress;
    around = page;
    if (!page.items.length) showNothing(page);
    else if (inGrid) grid.show(page.items);
    else startRow(page, 'before' in where ? page.items.length - 1 : 0);
    showProgress();
    showActions();
  } catch (problem) {
    if (ticket === asked) showTrouble('The images cannot be loaded', problem);
  }
}

const loadFirst = () => load({});

function loadAgain() {
  const first = view() === 'grid' ? grid.items[0] : row.items[row.place];
  return load(first ? { after: first.number - 1 } : {});
}

/** @param {1 | -1} direction */
function turnPage(direction) {
  if (view() !== 'grid') return step(direction);
  if (direction > 0) {
    const last = grid.items.at(-1);
    return load(last ? { after: last.number } : {});
  }
  return around.before > 0 && grid.items[0] ? load({ before: grid.items[0].number }) : undefined;
}

/**
 * @param {Page} page
 * @param {number} place
 */
function startRow(page, place) {
  row = { items: page.items, place, before: page.before, after: page.after };
  single.show(row.items[place]);
  preload(row.items.slice(place + 1, place + 1 + SINGLE_AHEAD).map(pictureOf));
}

/** @param {1 | -1} direction */
async function step(direction) {
  const place = row.place + direction;
  const to = row.items[place];
  if (to) {
    row.place = place;
    single.show(to);
    showActions();
    preload(row.items.slice(place + 1, place + 1 + SINGLE_AHEAD).map(pictureOf));
    if (place + SINGLE_AHEAD >= row.items.length && row.after > 0) await extendRow();
  } else if (direction > 0) {
    const last = row.items.at(-1);
    await load(last ? { after: last.number } : {});
  } else if (row.items[0] && row.before > 0) {
    await load({ before: row.items[0].number });
  }
}

async function extendRow() {
  const mine = row;
  const last = /** @type {Item} */ (mine.items.at(-1));
  try {
    const page = await fetchPage({ ...filters(), after: last.number, limit: SINGLE_BATCH });
    if (mine !== row || mine.items.at(-1) !== last) return;
    mine.items.push(...page.items);
    mine.after = page.after;
  } catch {
    // The row ends here for now; stepping over its end asks again and tells what is wrong.
  }
}

/**
 * Resolves when the browser holds the pictures, or knows which it cannot have.
 * @param {string[]} addresses
 */
function preload(addresses) {
  return Promise.allSettled(addresses.map((address) => {
    const picture = new Image();
    picture.src = address;
    return picture.decode();
  }));
}

async function onGridReady() {
  const last = grid.items.at(-1);
  showActions();
  if (!last || around.after === 0) return;
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

// Deciding

/**
 * @param {Item} item
 * @param {Verdict} verdict
 */
function decideOne(item, verdict) {
  return decisions.decide([{ item, verdict }]);
}

/** @param {Verdict} verdict */
function decideShown(verdict) {
  if (!single.item || document.body.dataset.empty) return;
  decideOne(single.item, verdict);
  step(1);
}

/** The images of the page that accepting it decides: seen, readable and not yet decided. */
function toAccept() {
  return grid.items.filter((item) => verdictOf(item) === null && !item.broken && item.proposed);
}

async function accept() {
  if (!grid.ready || document.body.dataset.empty) return;
  const page = grid.items;
  await decisions.decide(toAccept().map((item) => ({ item, verdict: /** @type {Verdict} */ (item.proposed) })));
  if (decisions.unsaved === 0 && page === grid.items) await turnPage(1);
}

async function undo() {
  const items = decisions.undo();
  if (!items.length) return;
  const numbers = items.map((item) => item.number);
  if (view() === 'grid') {
    const shown = new Set(grid.items.map((item) => item.number));
    if (document.body.dataset.empty || !numbers.every((number) => shown.has(number))) {
      await load({ after: Math.min(...numbers) - 1 });
    }
  } else {
    const place = row.items.findIndex((item) => item.number === numbers[0]);
    if (place < 0 || document.body.dataset.empty) {
      await load({ after: Math.min(...numbers) - 1 });
    } else {
      row.place = place;
      single.show(row.items[place]);
    }
  }
}

/** @param {Item[]} items */
function onDecided(items) {
  grid.refresh(items);
  single.refresh();
  showProblems();
  showSaving();
  showActions();
}

// Showing

/** @param {string} id the section to show */
function show(id) {
  document.body.dataset.view = view();
  document.body.dataset.proposed = field('proposed');
  delete document.body.dataset.empty;
  for (const section of ['grid-view', 'single-view', 'nothing']) get(section).hidden = section !== id;
  tellQuestion();
}

function tellQuestion() {
  const proposed = field('proposed');
  const strong = document.createElement('strong');
  strong.textContent = proposed;
  get('grid-question').replaceChildren('Is each of these ', strong, '? Turn the ones that are not, then accept the page.');
}

function showProgress() {
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

function showSaving() {
  const saving = get('saving');
  const state = decisions.unsaved ? 'failed' : decisions.saving ? 'saving' : 'saved';
  saving.dataset.state = state;
  saving.textContent = state === 'failed' ? `${count(decisions.unsaved)} not saved` : state === 'saving' ? 'Saving' : 'All saved on disk';
}

function showActions() {
  const inGrid = view() === 'grid';
  const empty = Boolean(document.body.dataset.empty);
  const left = toAccept().length;
  const button = /** @type {HTMLButtonElement} */ (get('accept'));
  button.disabled = empty || !grid.ready || decisions.unsaved > 0;
  get('accept-text').textContent = left ? `Accept ${count(left)} as ${field('proposed')}` : 'Next page';
  get('forward-text').textContent = inGrid ? 'Skip page' : 'Next';
  get('forward-key').textContent = inGrid ? 'N' : '→';
  get('back-text').textContent = inGrid ? 'Back' : 'Previous';
  get('back-key').textContent = inGrid ? 'B' : '←';
  const back = inGrid ? around.before > 0 : row.place > 0 || row.before > 0;
  /** @type {HTMLButtonElement} */ (get('back')).disabled = empty || !back;
  /** @type {HTMLButtonElement} */ (get('forward')).disabled = empty;
  /** @type {HTMLButtonElement} */ (get('undo')).disabled = !decisions.canUndo;
}

/** @param {Page} page one without images */
function showNothing(page) {
  show('nothing');
  document.body.dataset.empty = 'yes';
  grid.show([]);
  row = { items: [], place: 0, before: 0, after: 0 };
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
    choices.push(['From the beginning', loadFirst]);
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
  get('nothing-title').textContent = title;
  get('nothing-text').textContent = text;
  get('nothing-choices').replaceChildren(...choices.map(([label, act], place) => makeButton(label, act, place === 0)));
  showActions();
}

function showAllToDo() {
  for (const name of ['source', 'low', 'high']) /** @type {any} */ (form.elements.namedItem(name)).value = '';
  /** @type {any} */ (form.elements.namedItem('status')).value = 'todo';
  /** @type {any} */ (form.elements.namedItem('view')).value = 'single';
  choose('proposed', '');
}

function showProblems() {
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
  const keep = conflict.theirs === 'withdrawn' ? 'Leave undecided' : `Keep ${conflict.theirs}`;
  const insist = conflict.mine === 'withdrawn' ? 'Take it back' : `Make it ${conflict.mine}`;
  line.append(
    picture,
    text,
    makeButton(keep, () => decisions.resolve(conflict, false)),
    makeButton(insist, () => decisions.resolve(conflict, true)),
  );
  return line;
}

/**
 * @param {string} title
 * @param {unknown} problem
 */
function showTrouble(title, problem) {
  show('nothing');
  document.body.dataset.empty = 'yes';
  get('nothing-title').textContent = title;
  get('nothing-text').textContent = problem instanceof Error ? problem.message : String(problem);
  get('nothing-choices').replaceChildren(makeButton('Try again', loadAgain, true));
  showActions();
}

/**
 * @param {string} label
 * @param {() => void} act
 * @param {boolean} [primary]
 */
function makeButton(label, act, primary = false) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.classList.toggle('primary', primary);
  button.addEventListener('click', act);
  return button;
}

/** @param {number} number */
const count = (number) => number.toLocaleString('en');

// Choosing what to show

/**
 * @param {string} name of a field
 * @param {string} value
 */
function choose(name, value) {
  /** @type {any} */ (form.elements.namedItem(name)).value = value;
  onFiltersChanged();
}

function onFiltersChanged() {
  if (view() === 'grid' && !field('proposed')) {
    const left = progress?.left ?? {};
    /** @type {any} */ (form.elements.namedItem('proposed')).value = left.framed >= left.plain ? 'framed' : 'plain';
  }
  const active = ['source', 'low', 'high'].filter((name) => field(name)).length + Number(field('status') !== 'todo');
  get('filters-active').textContent = active ? `(${active})` : '';
  remember();
  loadFirst();
}

function remember() {
  const fields = Object.fromEntries(new FormData(form).entries());
  sessionStorage.setItem(MEMORY, JSON.stringify({ reviewer, fields }));
}

/** @returns {{reviewer?: string, fields?: Record<string, string>}} */
function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(MEMORY) ?? '{}');
  } catch {
    return {};
  }
}

// Keys

/** @param {KeyboardEvent} event */
function onKey(event) {
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
  else if (document.body.dataset.empty) return key === 'Enter' && pressFirstChoice();
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

// Beginning

async function begin() {
  /** @type {import('./server.js').SetDescription} */
  let set;
  try {
    set = await describeSet();
  } catch (problem) {
    showTrouble('The set cannot be loaded', problem);
    return;
  }
  document.title = `Review · ${set.name}`;
  get('set-name').textContent = set.name;
  get('score-field').hidden = set.scores === null;
  get('source-field').hidden = set.sources.length < 2;
  const sources = /** @type {HTMLSelectElement} */ (form.elements.namedItem('source'));
  sources.append(...set.sources.map((source) => new Option(source, source)));
  const memory = recall();
  reviewer = memory.reviewer || set.reviewer;
  reviewerInput.value = reviewer;
  for (const [name, value] of Object.entries(memory.fields ?? {})) {
    const element = /** @type {any} */ (form.elements.namedItem(name));
    if (element) element.value = value;
  }
  const room = matchMedia('(min-width: 60rem)');
  const unfold = () => { /** @type {HTMLDetailsElement} */ (get('more')).open = room.matches; };
  room.addEventListener('change', unfold);
  unfold();
  try {
    if (!memory.fields) await beginWhereWorkIs();
    onFiltersChanged();
  } catch (problem) {
    showTrouble('The images cannot be loaded', problem);
  }
}

/** Open on a class that has something to pass at a glance, one by one where nothing is proposed. */
async function beginWhereWorkIs() {
  const page = await fetchPage({ ...filters(), limit: 1 });
  progress = page.progress;
  const { framed, plain } = progress.left;
  const undecided = progress.left[''];
  /** @type {any} */ (form.elements.namedItem('proposed')).value = framed > 0 || plain === 0 ? 'framed' : 'plain';
  if (framed + plain === 0 && undecided > 0) {
    /** @type {any} */ (form.elements.namedItem('view')).value = 'single';
    /** @type {any} */ (form.elements.namedItem('proposed')).value = '';
  }
}

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', () => onFiltersChanged());
reviewerInput.addEventListener('change', async () => {
  const name = reviewerInput.value.trim();
  if (!name) {
    reviewerInput.value = reviewer;
    return;
  }
  await decisions.settled();
  decisions.forget();
  reviewer = name;
  reviewerInput.value = name;
  remember();
  loadFirst();
});
document.addEventListener('keydown', onKey);
get('accept').addEventListener('click', accept);
get('forward').addEventListener('click', () => turnPage(1));
get('back').addEventListener('click', () => turnPage(-1));
get('undo').addEventListener('click', undo);
get('help-button').addEventListener('click', () => help.showModal());
window.addEventListener('beforeunload', (event) => {
  if (decisions.unsaved || decisions.saving) event.preventDefault();
});

let resizing = 0;
window.addEventListener('resize', () => {
  clearTimeout(resizing);
  resizing = window.setTimeout(() => {
    if (view() === 'grid' && !document.body.dataset.empty) loadAgain();
  }, RESIZE_SETTLES_MS);
});

showSaving();
begin();
