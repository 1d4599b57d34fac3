// @ts-check
// Decisions on their way to the disk: saved one request after the other, undone, in conflict, or not saved.

import { sendDecisions } from './server.js';

/** @typedef {import('./server.js').Item} Item */
/** @typedef {import('./server.js').Verdict} Verdict */
/** @typedef {{item: Item, verdict: Verdict}} Change */
/** @typedef {{item: Item, mine: Verdict, theirs: Verdict}} Conflict */

const LARGEST_REQUEST = 200;

/**
 * What an item looks like to the reviewer now, saved or not.
 * @param {Item} item
 * @returns {Verdict | null}
 */
export function verdictOf(item) {
  const verdict = item.wanted ?? item.verdict;
  return verdict === 'withdrawn' ? null : verdict;
}

export class Decisions {
  /** @type {Change[][]} what to write to undo each step, the latest last */
  #steps = [];
  /** @type {Map<Item, Verdict>} could not be saved so far */
  #unsaved = new Map();
  #queue = Promise.resolve();
  #sending = 0;

  /** @type {Conflict[]} */
  conflicts = [];
  /** Why the last request failed. */
  failure = '';
  /** @type {(items: Item[]) => void} called with the items that look different now */
  onChange = () => {};
  /** @type {(progress: import('./server.js').Progress) => void} */
  onProgress = () => {};

  /** @param {() => string} reviewer */
  constructor(reviewer) {
    this.reviewer = reviewer;
  }

  get saving() {
    return this.#sending > 0;
  }

  get unsaved() {
    return this.#unsaved.size;
  }

  get canUndo() {
    return this.#steps.length > 0;
  }

  /**
   * Decide, as one step of undo. Resolves when all that was decided so far is on the disk, or has failed.
   * @param {Change[]} changes
   */
  decide(changes) {
    const real = changes.filter(({ item, verdict }) => (verdictOf(item) ?? 'withdrawn') !== verdict);
    if (!real.length) return this.#queue;
    this.#steps.push(real.map(({ item }) => ({ item, verdict: verdictOf(item) ?? 'withdrawn' })));
    return this.#write(real);
  }

  /** @returns {Item[]} the items that are as they were before the last step */
  undo() {
    const step = this.#steps.pop() ?? [];
    const free = step.filter(({ item }) => !this.conflicts.some((conflict) => conflict.item === item));
    if (free.length) this.#write(free);
    return free.map(({ item }) => item);
  }

  /** Forget the steps: another reviewer's are not this one's to undo. */
  forget() {
    this.#steps = [];
  }

  retry() {
    const again = [...this.#unsaved].map(([item, verdict]) => ({ item, verdict }));
    return this.#write(again);
  }

  /**
   * @param {Conflict} conflict
   * @param {boolean} insist whether this page's decision goes over the other one
   */
  resolve(conflict, insist) {
    this.conflicts = this.conflicts.filter((other) => other !== conflict);
    if (insist) return this.decide([{ item: conflict.item, verdict: conflict.mine }]);
    this.onChange([conflict.item]);
    return this.#queue;
  }

  /** Resolves when nothing is on its way any more. */
  settled() {
    return this.#queue;
  }

  /** @param {Change[]} changes */
  #write(changes) {
    for (const { item, verdict } of changes) item.wanted = verdict;
    this.#sending += 1;
    this.onChange(changes.map(({ item }) => item));
    const reviewer = this.reviewer();
    this.#queue = this.#queue.then(async () => {
      for (let start = 0; start < changes.length; start += LARGEST_REQUEST) {
        await this.#send(reviewer, changes.slice(start, start + LARGEST_REQUEST));
      }
      this.#sending -= 1;
      this.onChange(changes.map(({ item }) => item));
    });
    return this.#queue;
  }

  /**
   * @param {string} reviewer
   * @param {Change[]} changes
   */
  async #send(reviewer, changes) {
    const free = changes.filter(({ item }) => !this.conflicts.some((conflict) => conflict.item === item));
    if (!free.length) return;
    try {
      const answer = await sendDecisions(
        reviewer,
        // Versions are read now: an earlier request of the queue may have made newer ones.
        free.map(({ item, verdict }) => ({ number: item.number, verdict, based_on: item.version })),
      );
      this.failure = '';
      answer.results.forEach(({ saved, ...now }, place) => {
        const { item, verdict } = free[place];
        if (item.wanted === verdict || !saved) delete item.wanted;
        Object.assign(item, now);
        this.#unsaved.delete(item);
        if (!saved) this.conflicts.push({ item, mine: verdict, theirs: now.verdict ?? 'withdrawn' });
      });
      this.onProgress(answer.progress);
    } catch (problem) {
      this.failure = problem instanceof Error ? problem.message : String(problem);
      for (const { item, verdict } of free) this.#unsaved.set(item, verdict);
    }
  }
}
