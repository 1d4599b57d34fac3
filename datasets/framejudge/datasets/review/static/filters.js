// @ts-check
// What to show: the form's fields and who reviews, remembered by the tab.

import { get } from './dom.js';

const MEMORY = 'framejudge-review';

export const form = /** @type {HTMLFormElement} */ (get('filters'));

/** Whose decisions are shown and made. */
export const session = { reviewer: '' };

/** @param {string} name */
export const field = (name) => String(new FormData(form).get(name) ?? '');

export const view = () => field('view');

/**
 * @param {string} name of a field
 * @param {string} value
 */
export function setField(name, value) {
  const control = /** @type {any} */ (form.elements.namedItem(name));
  if (control) control.value = value;
}

/**
 * Set a field as a person would: the page shows what it asks for.
 * @param {string} name
 * @param {string} value
 */
export function choose(name, value) {
  setField(name, value);
  form.dispatchEvent(new Event('change'));
}

export function showAllToDo() {
  for (const name of ['source', 'low', 'high']) setField(name, '');
  setField('status', 'todo');
  setField('view', 'single');
  choose('proposed', '');
}

/** How many fields narrow what is shown. */
export const activeFilters = () =>
  ['source', 'low', 'high'].filter((name) => field(name)).length + Number(field('status') !== 'todo');

/** The fields as the server takes them. */
export function filters() {
  return {
    reviewer: session.reviewer,
    proposed: field('proposed'),
    status: field('status'),
    source: field('source'),
    low: field('low'),
    high: field('high'),
  };
}

export function remember() {
  const fields = Object.fromEntries(new FormData(form).entries());
  sessionStorage.setItem(MEMORY, JSON.stringify({ reviewer: session.reviewer, fields }));
}

/** @returns {{reviewer?: string, fields?: Record<string, string>}} */
export function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(MEMORY) ?? '{}');
  } catch {
    return {};
  }
}
