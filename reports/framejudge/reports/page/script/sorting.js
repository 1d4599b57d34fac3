// The tables of slices, sorted by a click on a column's head; a second click turns the order round.

import { all, element } from "./dom.js";

/** Numbers by size, texts by alphabet, cells without a value last. @param {HTMLElement} a @param {HTMLElement} b @param {boolean} descending */
function compareCells(a, b, descending) {
  const [one, other] = [a.dataset.sort, b.dataset.sort];
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  const order = a.tagName === "TH" ? one.localeCompare(other) : Number(one) - Number(other);
  return descending ? -order : order;
}

/** @param {HTMLElement} table */
function makeSortable(table) {
  const body = table.querySelector("tbody");
  if (!body) return;
  const heads = all("thead th", table);
  heads.forEach((head, column) => {
    const button = element("button", { type: "button", class: "sort" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      body.append(...[...body.rows].sort((a, b) => compareCells(a.cells[column], b.cells[column], descending)));
    });
  });
}

export function start() {
  for (const table of all("table.slices")) makeSortable(table);
}
