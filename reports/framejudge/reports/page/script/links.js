// What the page printed becomes clickable: pictures, slow images, slices and flips open in the gallery.

import { all, element } from "./dom.js";
import { sliceOf } from "./filters.js";
import * as gallery from "./gallery.js";
import { detectors, flips, indexOf } from "./run.js";
import * as viewer from "./viewer.js";

/** A button that holds what an element held. @param {Element} from @param {Record<string, string>} attributes @param {() => void} press */
function buttonOf(from, attributes, press) {
  const button = element("button", { type: "button", ...attributes }, ...from.childNodes);
  button.addEventListener("click", press);
  return button;
}

/** Open an image in a view of a detector. @param {import("./views.js").View} view @param {DOMStringMap} which */
function openIn(view, { detector, image }) {
  gallery.show(view, Number(detector ?? gallery.detector()));
  const k = gallery.positionOf(indexOf(Number(image)));
  if (k >= 0) viewer.open(k);
}

function linkImages() {
  for (const picture of all("#mistakes .picture")) {
    picture.append(buttonOf(picture, { class: "open", title: "Open it large, with its review" }, () => openIn("mistakes", picture.dataset)));
  }
  for (const tile of all("#set .tile[data-image]")) {
    tile.append(buttonOf(tile, { class: "open", title: tile.title }, () => openIn("all", tile.dataset)));
  }
  for (const cell of all(".times th[data-image]")) {
    cell.append(buttonOf(cell, { class: "link" }, () => openIn("slow", cell.dataset)));
  }
}

function linkSlices() {
  for (const row of all("tr[data-attribute]")) {
    const name = row.querySelector(".slice-name");
    const { attribute = "", value = "", weakest = "" } = row.dataset;
    if (!name || !sliceOf(attribute, value)) continue;
    const press = () => gallery.showSlice(attribute, value, weakest);
    name.replaceWith(buttonOf(name, { class: "link", title: "Show its images in the gallery" }, press));
  }
}

function linkFlips() {
  for (const row of all("tr[data-flips]")) {
    const d = detectors.findIndex((one) => one.name === row.dataset.flips);
    const text = row.querySelector(".flips .cell-text");
    if (d < 0 || !text || !flips[d].size) continue;
    const press = () => {
      gallery.show("flips", d);
      gallery.arrive();
    };
    text.replaceWith(buttonOf(text, { class: "link", title: "Show them in the gallery" }, press));
  }
}

export function start() {
  linkImages();
  linkSlices();
  linkFlips();
}
