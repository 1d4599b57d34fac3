// @ts-check
// Asks the review server. Addresses are relative: the page's own address holds the token.

/** @typedef {'framed' | 'plain'} Label */
/** @typedef {Label | 'unsure' | 'withdrawn'} Verdict */

/**
 * @typedef {object} Item
 * @property {number} number its place in the set
 * @property {string} path
 * @property {Label | null} label what the labels table says
 * @property {Label | null} proposed
 * @property {number | null} score
 * @property {string} source
 * @property {string} problem why it cannot be shown, where that is known
 * @property {Verdict | null} verdict this reviewer's decision as it is on the disk
 * @property {number} version of that decision
 * @property {Record<string, Verdict>} others what others decided; empty before one's own decision
 * @property {Verdict} [wanted] decided on this page and not yet on the disk
 * @property {boolean} [broken] the picture did not load
 */

/** @typedef {{images: number, decided: number, framed: number, plain: number, unsure: number, disputed: number, left: Record<string, number>}} Progress */
/** @typedef {{items: Item[], matching: number, before: number, after: number, progress: Progress}} Page */
/** @typedef {{name: string, images: number, reviewer: string, sources: string[], scores: [number, number] | null, journal: string}} SetDescription */
/** @typedef {{number: number, verdict: Verdict, based_on: number}} Choice */
/** @typedef {Item & {saved: boolean}} Result */

/**
 * @param {string} address
 * @param {RequestInit} [options]
 */
async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, credentials: 'omit' });
  } catch {
    throw new Error('the server does not answer; is `bench dataset review` still running?');
  }
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** @returns {Promise<SetDescription>} */
export function describeSet() {
  return ask('api/set');
}

/**
 * @param {Record<string, string | number | undefined>} query
 * @returns {Promise<Page>}
 */
export function fetchPage(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return ask(`api/items?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`);
}

/**
 * Resolves once the decisions are on the disk.
 * @param {string} reviewer
 * @param {Choice[]} decisions
 * @returns {Promise<{results: Result[], progress: Progress}>}
 */
export function sendDecisions(reviewer, decisions) {
  return ask('api/decisions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reviewer, decisions }),
  });
}

/** @param {Item} item */
export const thumbnailOf = (item) => `thumbnail/${item.number}`;

/** @param {Item} item */
export const pictureOf = (item) => `picture/${item.number}`;
