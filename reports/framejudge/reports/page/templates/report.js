// The report's interaction: thresholds to drag, a gallery to filter, pictures to review.
// Plain JavaScript; the types in the comments are checked with `tsc --checkJs`.
(() => {
  "use strict";

  /** @typedef {{type: "f4" | "f8" | "i1" | "i2" | "i4", bytes: string}} Column */
  /** @typedef {{name: string, values: string[], codes: ArrayLike<number>}} Category */
  /** @typedef {{name: string, threshold: number, complete: boolean}} Detector */
  /** @typedef {"mistakes" | "alarms" | "missed" | "differ" | "flips" | "boxes" | "slow" | "unscored" | "all" | "marked"} View */
  /** @typedef {{mark: string, note: string, label: string, run: string}} Review what was said, of which label, in which run */
  /** @typedef {{tp: number, fp: number, tn: number, fn: number}} Confusion */

  const PAGE_SIZE = 30;
  const MOST_CARDS = 480; // more on the page at once would make every later step slow
  const FRAMED = 1;
  const PLAIN = 0;
  const MARKS = ["label is wrong", "ambiguous", "real mistake"];
  const LONGEST_CHOICE = 300;
  const TILE_RATIO = 1.39; // of a card's picture, inside its margins
  const VIEWS = ["mistakes", "alarms", "missed", "differ", "flips", "boxes", "slow", "unscored", "marked", "all"];

  /** @param {string} id */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @param {string} id */
  const embedded = (id) => JSON.parse(byId(id).textContent || "null");

  /**
   * Make an element; texts are set as text, never as markup.
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Record<string, string | number | boolean>} [attributes]
   * @param {(Node | string)[]} children
   * @returns {HTMLElementTagNameMap[K]}
   */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== false) made.setAttribute(name, String(value));
    }
    made.append(...children);
    return made;
  }

  /**
   * @param {string} tag
   * @param {Record<string, string | number>} attributes
   * @param {Node[]} children
   */
  function drawing(tag, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    made.append(...children);
    return made;
  }

  /** A text from outside, kept from reordering what stands around it. @param {string} text */
  const isolated = (text) => element("bdi", {}, text);

  /** @param {Column} column @returns {Float32Array | Float64Array | Int8Array | Int16Array | Int32Array} */
  function numbers(column) {
    const text = atob(column.bytes);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const kinds = { f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array };
    return new kinds[column.type](bytes.buffer);
  }

  // ---------------------------------------------------------------- the run

  const data = embedded("run-data");
  /** @type {Detector[]} */
  const detectors = data.detectors;
  /** @type {string[]} */
  const paths = data.paths;
  const count = paths.length;
  const labels = numbers(data.labels);
  const scores = data.scores.map(numbers);
  /** @type {(Float32Array | null)[]} */
  const latency = data.latency.map((/** @type {{at: Column, values: Column} | null} */ sparse) => {
    if (!sparse) return null;
    const values = numbers(sparse.values);
    const dense = new Float32Array(count).fill(NaN);
    numbers(sparse.at).forEach((position, k) => (dense[position] = values[k]));
    return dense;
  });
  /** @typedef {ArrayLike<number>} Box left, top, right, bottom in pixels */
  /** @param {{at: Column, values: Column}} sparse @returns {Map<number, Box>} */
  function boxesOf({ at, values }) {
    const sides = numbers(values);
    return new Map(Array.from(numbers(at), (position, k) => [position, sides.subarray(4 * k, 4 * k + 4)]));
  }
  const boxes = data.boxes.map(boxesOf);
  const trueBoxes = boxesOf(data.true_boxes);
  /** For each detector the baseline's score of the images that it judged otherwise. @type {Map<number, number>[]} */
  const flips = (data.flips || detectors.map(() => null)).map((/** @type {{at: Column, before: Column} | null} */ found) => {
    if (!found) return new Map();
    const before = numbers(found.before);
    return new Map(Array.from(numbers(found.at), (position, k) => [position, before[k]]));
  });
  const widths = numbers(data.widths);
  const heights = numbers(data.heights);
  /** @type {Category[]} */
  const attributes = data.attributes.map((/** @type {any} */ found) => ({ ...found, codes: numbers(found.codes) }));
  /** @type {Category | null} */
  const groups = data.groups && { ...data.groups, codes: numbers(data.groups.codes) };
  /** @type {Record<number, [string, number, number]>} */
  const pictures = embedded("picture-data");
  const thresholds = detectors.map((detector) => detector.threshold);
  const active = detectors.map((_, d) => d).filter((d) => detectors[d].complete);

  /** Whether a detector says framed; null where it has no score. @param {number} d @param {number} i */
  const says = (d, i) => (Number.isNaN(scores[d][i]) ? null : scores[d][i] >= thresholds[d]);

  /** @param {number} d @param {number} i */
  const isWrong = (d, i) => labels[i] >= 0 && says(d, i) !== null && says(d, i) !== (labels[i] === FRAMED);

  /** How far a score lies over its threshold, as a share of the way to its end. @param {number} d @param {number} i */
  function distance(d, i) {
    const score = scores[d][i];
    const limit = thresholds[d];
    const room = score >= limit ? 1 - limit : limit;
    return room > 0 ? Math.abs(score - limit) / room : 1;
  }

  /** Intersection over union of the located and the true box; NaN where one is missing. @param {number} d @param {number} i */
  function overlap(d, i) {
    const [one, other] = [boxes[d].get(i), trueBoxes.get(i)];
    if (!one || !other) return NaN;
    const area = (/** @type {Box} */ box) => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
    const common =
      Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0])) *
      Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]));
    const union = area(one) + area(other) - common;
    return union > 0 ? common / union : 0;
  }

  /** Whether the label says that a flipped image is right now. @param {number} d @param {number} i */
  function flipText(d, i) {
    const before = flips[d].get(i);
    if (before === undefined) return "";
    const moved = `${scoreText(before)} → ${scoreText(scores[d][i])}`;
    if (labels[i] < 0) return `Flipped: ${moved}`;
    const rightNow = (scores[d][i] >= detectors[d].threshold) === (labels[i] === FRAMED);
    return rightNow ? `Mended: ${moved}` : `Broken: ${moved}`;
  }

  /** @param {number} value */
  const whole = (value) => value.toLocaleString("en");
  /** @param {number} share */
  const percent = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : "not defined");
  /** @param {number} score */
  const scoreText = (score) => (Number.isNaN(score) ? "none" : score.toFixed(2));
  /** @param {number} ms */
  function timeText(ms) {
    if (Number.isNaN(ms)) return "not timed";
    if (ms < 0.9995) return `${(ms * 1000).toPrecision(3)} µs`;
    return ms < 999.5 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
  }

  // ---------------------------------------------------------------- thresholds

  /** Scores of one class in ascending order. @param {number} d @param {number} label */
  function ascending(d, label) {
    const found = new Float64Array(count);
    let size = 0;
    for (let i = 0; i < count; i++) {
      if (labels[i] === label && !Number.isNaN(scores[d][i])) found[size++] = scores[d][i];
    }
    return found.subarray(0, size).sort();
  }

  /** How many of the ascending values lie below a limit. @param {Float64Array} values @param {number} limit */
  function countBelow(values, limit) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Confusion} found @returns {Record<string, number>} */
  const rates = ({ tp, fp, tn, fn }) => ({
    accuracy: (tp + tn) / (tp + fp + tn + fn),
    recall: tp / (tp + fn),
    specificity: tn / (tn + fp),
    precision: tp / (tp + fp),
  });

  /** What a chart tells of its axes. @param {SVGElement} chart */
  function axesOf(chart) {
    const [x, y, box] = ["x", "y", "box"].map((name) => (chart.dataset[name] || "").split(" ").map(Number));
    return {
      /** @param {number} value */
      right: (value) => box[0] + ((value - x[0]) / (x[1] - x[0])) * (box[2] - box[0]),
      /** @param {number} value */
      down: (value) => box[3] - ((value - y[0]) / (y[1] - y[0])) * (box[3] - box[1]),
      /** @param {number} across @param {number} up */
      holds: (across, up) => across >= x[0] && across <= x[1] && up >= y[0] && up <= y[1],
      left: box[0],
      end: box[2],
    };
  }

  /** @param {HTMLElement} panel */
  function livePanel(panel) {
    const d = Number(panel.dataset.detector);
    const fixed = detectors[d].threshold;
    const framed = ascending(d, FRAMED);
    const plain = ascending(d, PLAIN);
    /** @type {Float64Array | null} */
    let steps = null;
    const controls = /** @type {HTMLElement} */ (panel.querySelector(".live-controls"));
    const slider = /** @type {HTMLInputElement} */ (panel.querySelector("input[type=range]"));
    const exact = /** @type {HTMLInputElement} */ (panel.querySelector("input[type=number]"));
    const reset = /** @type {HTMLButtonElement} */ (panel.querySelector("[data-do=reset]"));
    const told = /** @type {HTMLElement} */ (panel.querySelector("[data-live=told]"));
    const cells = /** @type {NodeListOf<HTMLElement>} */ (panel.querySelectorAll("[data-live]"));
    const original = new Map([...cells].map((cell) => [cell, cell.textContent]));
    const chart = /** @type {SVGSVGElement | null} */ (panel.querySelector("svg.chart"));
    const line = chart && /** @type {SVGGElement | null} */ (chart.querySelector(".live-threshold"));
    const roc = [...document.querySelectorAll("svg.chart")]
      .map((svg) => ({ svg: /** @type {SVGSVGElement} */ (svg), point: svg.querySelector(`.live-point-${d}`) }))
      .filter((found) => found.point);
    const startOf = confusionAt(fixed);

    /** @param {number} limit @returns {Confusion} */
    function confusionAt(limit) {
      const fn = countBelow(framed, limit);
      const tn = countBelow(plain, limit);
      return { tp: framed.length - fn, fn, tn, fp: plain.length - tn };
    }

    /** @param {Confusion} found */
    function movePoint(found) {
      for (const { svg, point } of roc) {
        const axes = axesOf(svg);
        const from = rates(startOf);
        const to = rates(found);
        const across = axes.right(1 - to.specificity) - axes.right(1 - from.specificity);
        const down = axes.down(to.recall) - axes.down(from.recall);
        point?.setAttribute("transform", `translate(${across} ${down})`);
        point?.setAttribute("visibility", axes.holds(1 - to.specificity, to.recall) ? "visible" : "hidden");
      }
    }

    function show() {
      const limit = thresholds[d];
      const moved = limit !== fixed;
      const found = confusionAt(limit);
      const shares = rates(found);
      for (const cell of cells) {
        const key = cell.dataset.live || "";
        if (!moved) cell.textContent = original.get(cell) || "";
        else if (key in found) cell.textContent = whole(found[/** @type {keyof Confusion} */ (key)]);
        else if (key in shares) cell.textContent = percent(shares[key]);
        else if (key === "threshold") cell.textContent = limit.toPrecision(4).replace(/\.?0+$/, "");
        else if (key === "source") cell.textContent = `moved from ${fixed}`;
        else if (key.startsWith("spread")) cell.textContent = "";
      }
      told.textContent = moved
        ? "This threshold has seen the test set: use it to understand, and fix the one to ship on tuning data."
        : "";
      panel.classList.toggle("moved", moved);
      reset.disabled = !moved;
      slider.value = String(limit);
      if (document.activeElement !== exact) exact.value = String(limit);
      if (chart && line) {
        const axes = axesOf(chart);
        line.setAttribute("transform", `translate(${axes.right(limit) - axes.right(fixed)} 0)`);
      }
      movePoint(found);
    }

    /** @param {number} limit */
    function move(limit) {
      if (!Number.isFinite(limit)) return;
      thresholds[d] = Math.min(1, Math.max(0, limit));
      schedule(() => {
        show();
        gallery.refresh();
      }, panel);
    }

    /** The next threshold at which something changes. @param {number} direction */
    function step(direction) {
      const limit = thresholds[d];
      if (!steps) {
        steps = new Float64Array(framed.length + plain.length);
        steps.set(framed);
        steps.set(plain, framed.length);
        steps.sort();
        steps = steps.filter((score, k, all) => k === 0 || score !== all[k - 1]);
      }
      const below = countBelow(steps, limit);
      const target = direction < 0 ? steps[below - 1] : steps[steps[below] === limit ? below + 1 : below];
      if (target !== undefined) move(target);
    }

    slider.addEventListener("input", () => move(Number(slider.value)));
    exact.addEventListener("input", () => exact.value !== "" && move(Number(exact.value)));
    exact.addEventListener("blur", () => (exact.value = String(thresholds[d])));
    reset.addEventListener("click", () => move(fixed));
    for (const [name, direction] of /** @type {[string, number][]} */ ([["lower", -1], ["higher", 1]])) {
      panel.querySelector(`[data-do=${name}]`)?.addEventListener("click", () => step(direction));
    }
    if (chart) {
      // The slider lies under the histogram's axis, so that its thumb points at the line.
      const axes = axesOf(chart);
      const width = chart.viewBox.baseVal.width;
      slider.style.marginLeft = `calc(${(100 * axes.left) / width}% - var(--thumb) / 2)`;
      slider.style.width = `calc(${(100 * (axes.end - axes.left)) / width}% + var(--thumb))`;
    }
    controls.hidden = false;
    show();
  }

  /** Work waiting for the next frame, one piece a key: a drag fires faster than the screen is drawn. */
  const waiting = new Map();
  /** @param {() => void} work @param {unknown} key */
  function schedule(work, key) {
    if (waiting.size === 0) {
      requestAnimationFrame(() => {
        const due = [...waiting.values()];
        waiting.clear();
        for (const one of due) one();
      });
    }
    waiting.set(key, work);
  }

  // ---------------------------------------------------------------- review marks

  const review = (() => {
    // The same pictures in a later run find their review again.
    const place = `framejudge/review/${data.images_fingerprint}`;
    const reviewer = /** @type {HTMLInputElement} */ (byId("review-name"));
    /** @type {Map<string, Review>} */
    let marks = new Map();
    let kept = true;
    try {
      const stored = JSON.parse(localStorage.getItem(place) || "{}");
      marks = new Map(Object.entries(stored.marks || {}));
      reviewer.value = stored.reviewer || "";
      localStorage.setItem(place, JSON.stringify(stored));
    } catch {
      kept = false; // private windows and some browsers keep nothing for a page opened from disk
    }

    /** @param {number} i */
    const labelOf = (i) => ["", "plain", "framed"][labels[i] + 1];

    /** @param {number} i @returns {Review} */
    const of = (i) => marks.get(paths[i]) || { mark: "", note: "", label: labelOf(i), run: data.run };

    /** @param {number} i @param {Partial<Review>} change */
    function set(i, change) {
      // A mark is about the label that was looked at: once the label is corrected, it must not turn it back.
      const seen = "mark" in change ? { label: labelOf(i), run: data.run } : {};
      const next = { ...of(i), ...change, ...seen };
      if (next.mark || next.note) marks.set(paths[i], next);
      else marks.delete(paths[i]);
      save();
    }

    function save() {
      try {
        localStorage.setItem(place, JSON.stringify({ reviewer: reviewer.value, marks: Object.fromEntries(marks) }));
      } catch {
        kept = false;
      }
      tell();
    }

    function tell() {
      const decided = [...marks.values()].filter((found) => found.mark).length;
      const notes = marks.size - decided;
      const text = decided === 1 ? "1 image reviewed" : `${whole(decided)} images reviewed`;
      const rest = notes ? `, ${whole(notes)} with a note only` : "";
      byId("review-count").textContent = marks.size ? text + rest : "No image reviewed yet";
      byId("review-note").hidden = kept;
      /** @type {HTMLButtonElement} */ (byId("review-export")).disabled = decided === 0;
      /** @type {HTMLButtonElement} */ (byId("review-clear")).disabled = marks.size === 0;
    }

    /** @param {string} text */
    const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

    /** What `bench dataset apply-review` reads; a note without a decision mends nothing and stays here. */
    function csv() {
      const known = new Set(paths);
      const rows = [...marks]
        .filter(([path, { mark }]) => mark && known.has(path))
        .map(([path, { mark, note, label, run }]) => [path, mark, note, label, reviewer.value, run]);
      const lines = [["path", "decision", "note", "label", "reviewer", "run"], ...rows];
      return lines.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
    }

    function download() {
      const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
      element("a", { href: address, download: "review.csv" }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    }

    function clear() {
      if (!confirm(`Forget the review of ${whole(marks.size)} images?`)) return;
      marks.clear();
      save();
      gallery.refresh();
    }

    reviewer.addEventListener("change", save);
    byId("review-export").addEventListener("click", download);
    byId("review-clear").addEventListener("click", clear);
    tell();
    return {
      of,
      set,
      any: () => marks.size > 0,
      has: (/** @type {number} */ i) => marks.has(paths[i]),
      /** What stands on a card. @param {number} i */
      text: (i) => (of(i).mark || "note") + (of(i).mark && of(i).label !== labelOf(i) ? ", label changed since" : ""),
    };
  })();

  // ---------------------------------------------------------------- pictures and bars

  /** The pictures among the worst mistakes stand in the page already, and only there. @type {Map<number, HTMLImageElement>} */
  const printed = new Map();
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("#mistakes [data-image] img"))) {
    printed.set(Number(/** @type {HTMLElement} */ (image.parentElement).dataset.image), image);
  }

  /** @param {number} i @returns {[string, number, number] | null} */
  function pictureOf(i) {
    const image = printed.get(i);
    if (image) return [image.src, Number(image.getAttribute("width")), Number(image.getAttribute("height"))];
    return i in pictures ? [`data:image/jpeg;base64,${pictures[i][0]}`, pictures[i][1], pictures[i][2]] : null;
  }

  /** @param {number} d @param {number} i */
  function scoreBar(d, i) {
    const score = scores[d][i];
    const bar = drawing("svg", { class: "score", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
    bar.append(drawing("rect", { class: "track", x: 0, y: 2, width: 100, height: 4 }));
    if (!Number.isNaN(score)) bar.append(drawing("rect", { class: "fill", x: 0, y: 2, width: score * 100, height: 4 }));
    bar.append(drawing("rect", { class: "tick", x: Math.min(99, thresholds[d] * 100), y: 0, width: 1, height: 8 }));
    return bar;
  }

  /** @param {number} d */
  const seriesOf = (d) => `s${d % 6}`;

  /** @param {number} d @param {number} i @returns {[string, string]} */
  function verdictOf(d, i) {
    const answer = says(d, i);
    if (answer === null) return ["No score", "undecided"];
    if (labels[i] < 0) return [answer ? "Says framed, no label" : "Says plain, no label", "undecided"];
    if (!isWrong(d, i)) return [answer ? "Frame found" : "Rightly left alone", "right"];
    return answer ? ["False alarm", "wrong"] : ["Missed frame", "wrong"];
  }

  /** @param {number} d @param {number} i */
  function overlapText(d, i) {
    const share = overlap(d, i);
    return Number.isNaN(share) ? "" : `box overlaps the true one by ${percent(share)}`;
  }

  /**
   * What is drawn over a picture: the true box as a plain line with a light seam, each detector's box dashed in a
   * pattern of its own, its lines thin; told apart by pattern, and only then by colour.
   * @param {number[]} shown detectors
   * @param {number} i
   */
  function outlines(shown, i) {
    if (!widths[i] || !heights[i]) return [];
    const parts = [];
    const truth = trueBoxes.get(i);
    const rectangle = (/** @type {string} */ kind, /** @type {Box} */ box) =>
      drawing("rect", { class: kind, x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1] });
    if (truth) parts.push(rectangle("seam", truth), rectangle("truth", truth));
    for (const d of shown) {
      const box = boxes[d].get(i);
      if (box) parts.push(rectangle("seam", box), rectangle(`box ${seriesOf(d)} dash-${d % 4}`, box));
      for (const [x1, y1, x2, y2] of explanation(d, i).lines) parts.push(drawing("line", { class: `edge ${seriesOf(d)}`, x1, y1, x2, y2 }));
    }
    if (!parts.length) return [];
    return [drawing("svg", { viewBox: `0 0 ${widths[i]} ${heights[i]}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts)];
  }

  /** @param {number} d @param {number} i @returns {{text: string, lines: number[][]}} */
  function explanation(d, i) {
    const stored = data.explanations[d][i];
    if (stored === undefined) return { text: "", lines: [] };
    try {
      const read = JSON.parse(stored);
      return { text: String(read.text || ""), lines: Array.isArray(read.lines) ? read.lines : [] };
    } catch {
      return { text: stored, lines: [] };
    }
  }

  /** A picture with what is drawn over it. @param {HTMLElement} image @param {[string, number, number]} size @param {Element[]} over */
  function held(image, [, width, height], over) {
    const holder = element("span", { class: "holder" }, image);
    holder.style.aspectRatio = `${width} / ${height}`;
    holder.style.width = `${Math.min(100, (100 * width) / height / TILE_RATIO)}%`;
    holder.append(...over);
    return holder;
  }

  /** @param {number} i @returns {[string, string][]} */
  function attributesOf(i) {
    return attributes
      .filter((found) => found.codes[i] >= 0 && found.values[found.codes[i]] !== "")
      .map((found) => [found.name, found.values[found.codes[i]]]);
  }

  // ---------------------------------------------------------------- gallery

  const gallery = (() => {
    const form = /** @type {HTMLFormElement} */ (byId("gallery-form"));
    const list = byId("gallery-list");
    const more = /** @type {HTMLButtonElement} */ (byId("gallery-more"));
    const earlier = /** @type {HTMLButtonElement} */ (byId("gallery-earlier"));
    const told = byId("gallery-count");
    /** @type {Uint32Array} */
    let found = new Uint32Array(0);
    // The cards on the page are those of found[first] to found[shown - 1].
    let first = 0;
    let shown = 0;
    let focused = 0;

    /** @param {string} name */
    const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));

    function choices() {
      const detector = field("detector");
      const against = field("against");
      for (const d of active) {
        detector.append(element("option", { value: d }, detectors[d].name));
        against.append(element("option", { value: d }, detectors[d].name));
      }
      const mistakes = detectors.map((_, d) => mistakesOf(d));
      const byMistakes = [...active].sort((a, b) => mistakes[a] - mistakes[b]);
      const best = byMistakes.find((d) => mistakes[d] > 0) ?? byMistakes[0];
      const other = active.find((d) => d !== best);
      // Set as defaults, so that resetting the form comes back to them.
      for (const [list, d] of /** @type {[HTMLElement, number | undefined][]} */ ([[detector, best], [against, other]])) {
        if (d !== undefined) list.querySelector(`option[value="${d}"]`)?.setAttribute("selected", "");
      }
      const slice = field("slice");
      attributes.forEach((attribute, a) => {
        const group = element("optgroup", { label: attribute.name });
        attribute.values.slice(0, LONGEST_CHOICE).forEach((value, code) => {
          if (value !== "") group.append(element("option", { value: `${a} ${code}` }, value));
        });
        slice.append(group);
      });
    }

    /** @param {number} d */
    function mistakesOf(d) {
      let wrong = 0;
      for (let i = 0; i < count; i++) if (isWrong(d, i)) wrong++;
      return wrong;
    }

    /**
     * Which values of an attribute a slice holds.
     * @param {string} chosen an attribute's number and a value's, or its number and the ends of a range
     */
    function membership(chosen) {
      const [a, ...parts] = chosen.split(" ").map(Number);
      const { values, codes } = attributes[a];
      const allowed = new Uint8Array(values.length);
      if (parts.length === 1) allowed[parts[0]] = 1;
      else {
        values.forEach((value, code) => {
          if (value !== "" && Number(value) >= parts[0] && Number(value) < parts[1]) allowed[code] = 1;
        });
      }
      return { allowed, codes };
    }

    function asked() {
      const slice = field("slice").value;
      const from = field("from").value;
      const to = field("to").value;
      return {
        view: /** @type {View} */ (/** @type {RadioNodeList} */ (/** @type {unknown} */ (form.elements.namedItem("view"))).value),
        d: Number(field("detector").value),
        e: Number(field("against").value),
        slice: slice ? membership(slice) : null,
        from: from === "" ? -Infinity : Number(from),
        to: to === "" ? Infinity : Number(to),
        text: field("path").value.toLowerCase(),
        sort: field("sort").value,
      };
    }

    /** @typedef {ReturnType<typeof asked>} Question */

    /** Where each view's amount stands. @type {[View, HTMLElement][]} */
    const sizes = [...form.querySelectorAll("input[name=view]")].map((input) => [
      /** @type {View} */ (/** @type {HTMLInputElement} */ (input).value),
      /** @type {HTMLElement} */ (input.parentElement?.querySelector(".size")),
    ]);

    /** @type {string[] | null} */
    let lowered = null;

    /** What the filters let through; null where they let through everything. @param {Question} question */
    function passing({ d, slice, from, to, text }) {
      const score = scores[d];
      const limited = from > -Infinity || to < Infinity;
      if (!slice && !limited && !text) return null;
      const small = text ? (lowered ??= paths.map((path) => path.toLowerCase())) : paths;
      return (/** @type {number} */ i) =>
        (!slice || slice.allowed[slice.codes[i]] === 1) &&
        (!limited || (score[i] >= from && score[i] <= to)) &&
        (!text || small[i].includes(text));
    }

    const unscored = marksAt([data.unreadable, ...active.map((d) => data.errors[d])].flatMap(Object.keys).map(Number));
    const flipped = flips.map((found) => marksAt(found.keys()));
    const misplaced = detectors.map((_, d) => marksAt([...boxes[d].keys()].filter((i) => overlap(d, i) < 1)));

    /** @param {Iterable<number>} positions */
    function marksAt(positions) {
      const found = new Uint8Array(count);
      for (const i of positions) found[i] = 1;
      return found;
    }

    /**
     * Count what each view has among the images that passed, and collect the chosen one's, in one walk over
     * flat arrays: it runs for every image while a threshold is dragged.
     * @param {Uint32Array} passed
     * @param {Question} question
     * @returns {{amounts: Record<View, number>, matching: Uint32Array}}
     */
    function tally(passed, { view, d, e }) {
      const [one, other] = [scores[d], scores[e]];
      const [limit, otherLimit] = [thresholds[d], thresholds[e]];
      const speed = latency[d];
      const [turned, off] = [flipped[d], misplaced[d]];
      const anyMark = review.any();
      const wanted = VIEWS.indexOf(view);
      const matching = new Uint32Array(passed.length);
      let size = 0;
      const all = passed.length;
      let [alarms, missed, differ, flips_, boxes_, slow, without, marked] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < all; k++) {
        const i = passed[k];
        const score = one[i];
        const opposite = other[i];
        // A missing score is NaN, and every comparison with it is false.
        const alarm = labels[i] === PLAIN && score >= limit;
        const miss = labels[i] === FRAMED && score < limit;
        const differs = (score >= limit && opposite < otherLimit) || (score < limit && opposite >= otherLimit);
        const timed = speed !== null && speed[i] >= 0;
        const reviewed = anyMark && review.has(i);
        if (alarm) alarms++;
        if (miss) missed++;
        if (differs) differ++;
        flips_ += turned[i];
        boxes_ += off[i];
        if (timed) slow++;
        without += unscored[i];
        if (reviewed) marked++;
        let shows = true;
        if (wanted === 0) shows = alarm || miss;
        else if (wanted === 1) shows = alarm;
        else if (wanted === 2) shows = miss;
        else if (wanted === 3) shows = differs;
        else if (wanted === 4) shows = turned[i] === 1;
        else if (wanted === 5) shows = off[i] === 1;
        else if (wanted === 6) shows = timed;
        else if (wanted === 7) shows = unscored[i] === 1;
        else if (wanted === 8) shows = reviewed;
        if (shows) matching[size++] = i;
      }
      const amounts = { mistakes: alarms + missed, alarms, missed, differ, flips: flips_, boxes: boxes_, slow, unscored: without, marked, all };
      return { amounts, matching: matching.subarray(0, size) };
    }

    /** @type {Partial<Record<View, string>>} */
    const USUAL = { mistakes: "wrong", alarms: "wrong", missed: "wrong", differ: "gap", flips: "flip", boxes: "box", slow: "slow" };

    /** The larger, the earlier; in [0, 1]. @param {Question} question @param {number} slowest @returns {(i: number) => number} */
    function rank({ view, sort, d, e }, slowest) {
      const speed = latency[d];
      const by = sort !== "usual" ? sort : USUAL[view] || "path";
      /** @param {number} value */
      const known = (value) => (Number.isNaN(value) ? 0 : value);
      if (by === "wrong") return (i) => (isWrong(d, i) ? 0.5 + distance(d, i) / 2 : known(0.5 - distance(d, i) / 2));
      if (by === "flip") return (i) => (isWrong(d, i) ? 0.5 : 0) + known(Math.abs(scores[d][i] - (flips[d].get(i) ?? NaN))) / 2;
      if (by === "box") return (i) => known(1 - overlap(d, i));
      if (by === "gap") return (i) => known(Math.abs(scores[d][i] - scores[e][i]));
      if (by === "high") return (i) => known(scores[d][i]);
      if (by === "low") return (i) => known(1 - scores[d][i]);
      if (by === "slow") return (i) => (speed ? known(speed[i]) / slowest : 0);
      return () => 0;
    }

    /** Order positions by rank, descending, ties in the run's order. @param {Uint32Array} images @param {(i: number) => number} key */
    function ordered(images, key) {
      // Rank and position share one float, so that the engine's native sort of numbers does the work.
      const packed = new Float64Array(images.length);
      for (let k = 0; k < images.length; k++) packed[k] = Math.floor((1 - key(images[k])) * 2 ** 31) * 2 ** 21 + images[k];
      packed.sort();
      return Uint32Array.from(packed, (value) => value % 2 ** 21);
    }

    function refresh() {
      const question = asked();
      const filter = passing(question);
      const images = new Uint32Array(count);
      let size = 0;
      for (let i = 0; i < count; i++) if (!filter || filter(i)) images[size++] = i;
      const { amounts, matching } = tally(images.subarray(0, size), question);
      for (const [view, label] of sizes) label.textContent = whole(amounts[view]);
      let slowest = 0;
      for (const time of latency[question.d] || []) if (time > slowest) slowest = time;
      found = ordered(matching, rank(question, slowest || 1));
      /** @type {HTMLElement} */ (field("against").closest("label")).hidden = question.view !== "differ";
      byId("gallery-empty").hidden = found.length > 0;
      told.textContent = found.length === 1 ? "1 image" : `${whole(found.length)} images`;
      focused = 0;
      showFrom(0);
    }

    /** Start the page's cards anew at a position. @param {number} k */
    function showFrom(k) {
      first = shown = k;
      list.replaceChildren();
      append();
    }

    function append() {
      const question = asked();
      // As many again each time: a few presses reach the end, and the sections below stay within reach.
      const end = Math.min(found.length, shown + Math.max(PAGE_SIZE, Math.min(shown - first, MOST_CARDS / 2)));
      const made = [];
      for (let k = shown; k < end; k++) made.push(card(k, question));
      list.append(...made);
      shown = end;
      for (; shown - first > MOST_CARDS; first++) list.firstElementChild?.remove();
      more.hidden = shown >= found.length;
      more.textContent = `Show more (${whole(found.length - shown)} left)`;
      earlier.hidden = first === 0;
      earlier.textContent = `Show earlier (${whole(first)} above)`;
    }

    /** @param {number} k @param {Question} question */
    function card(k, question) {
      const i = found[k];
      const [text, kind] = i in data.unreadable ? ["Cannot be read", "undecided"] : verdictOf(question.d, i);
      const picture = pictureOf(i);
      const frame = element("span", { class: "picture" });
      if (picture) {
        const image = element("img", { src: picture[0], alt: "", width: picture[1], height: picture[2], decoding: "async" });
        frame.append(question.view === "boxes" ? held(image, picture, outlines([question.d], i)) : image);
      } else frame.append(element("span", {}, "no picture was kept"));
      const lines = element("span", { class: "scores" });
      for (const d of active) {
        const value = question.view === "slow" ? timeText(latency[d]?.[i] ?? NaN) : scoreText(scores[d][i]);
        const line = element("span", { class: seriesOf(d) }, element("span", { class: "name" }, isolated(detectors[d].name)));
        line.append(question.view === "slow" ? element("span") : scoreBar(d, i), element("span", { class: "number" }, value));
        lines.append(line);
      }
      const button = element("button", { type: "button", class: "card", "data-position": k, tabindex: k === focused ? 0 : -1 }, frame);
      button.append(element("span", { class: `kind ${kind}` }, text), element("span", { class: "path" }, isolated(paths[i])));
      if (i in data.unreadable) button.append(element("span", { class: "attributes" }, data.unreadable[i]));
      else button.append(lines);
      const told = question.view === "flips" ? flipText(question.d, i) : question.view === "boxes" ? overlapText(question.d, i) : "";
      if (told) button.append(element("span", { class: "told" }, told));
      if (review.has(i)) button.append(element("span", { class: "mark" }, review.text(i)));
      return element("li", {}, button);
    }

    /** @param {number} k */
    const cardAt = (k) => /** @type {HTMLButtonElement | null} */ (list.querySelector(`[data-position="${k}"]`));

    /** The card at a position, shown first where it is not on the page. @param {number} k */
    function buttonAt(k) {
      if (k < 0 || k >= found.length) return null;
      if (k >= shown && k < shown + PAGE_SIZE) append();
      // A row of cards before it stays in sight.
      if (k < first || k >= shown) showFrom(Math.max(0, k - PAGE_SIZE + 1));
      return cardAt(k);
    }

    /** @param {number} k */
    function focus(k) {
      const next = buttonAt(k);
      if (!next) return;
      cardAt(focused)?.setAttribute("tabindex", "-1");
      focused = k;
      next.setAttribute("tabindex", "0");
      next.focus();
    }

    function perRow() {
      const buttons = [...list.children].slice(0, 40).map((child) => child.getBoundingClientRect().top);
      const second = buttons.findIndex((top) => top > buttons[0] + 1);
      return second < 1 ? Math.max(1, buttons.length) : second;
    }

    list.addEventListener("keydown", (event) => {
      const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow(), ArrowUp: -perRow() };
      const by = /** @type {Record<string, number>} */ (moves)[event.key];
      const target = event.key === "Home" ? 0 : event.key === "End" ? found.length - 1 : by === undefined ? -1 : focused + by;
      if (target < 0 || target >= found.length) return;
      event.preventDefault();
      focus(target);
    });
    list.addEventListener("focusin", (event) => {
      const position = /** @type {HTMLElement} */ (event.target).dataset.position;
      if (position !== undefined && Number(position) !== focused) {
        cardAt(focused)?.setAttribute("tabindex", "-1");
        focused = Number(position);
        cardAt(focused)?.setAttribute("tabindex", "0");
      }
    });
    list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) viewer.open(Number(button.dataset.position));
    });
    earlier.addEventListener("click", () => {
      const last = first - 1;
      showFrom(Math.max(0, first - PAGE_SIZE));
      focus(last);
    });
    more.addEventListener("click", () => {
      const next = shown;
      append();
      focus(next);
    });
    form.addEventListener("input", () => schedule(refresh, form));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => schedule(refresh, form)); // by the next frame the fields are reset
    /** @param {string} attribute @param {string} value @param {string} [detector] */
    function filter(attribute, value, detector) {
      const wanted = sliceOf(attribute, value);
      const slice = /** @type {HTMLSelectElement} */ (field("slice"));
      if (![...slice.options].some((option) => option.value === wanted)) {
        slice.append(element("option", { value: wanted }, `${attribute}: ${value}`));
      }
      slice.value = wanted;
      const d = detectors.findIndex((one) => one.name === detector);
      if (d >= 0) field("detector").value = String(d);
      refresh();
      arrive();
    }

    /** Show a view of a detector. @param {View} view @param {number} d */
    function show(view, d) {
      form.reset();
      waiting.delete(form); // what the reset asked for is done here, at once: later it would take the focus away
      field("detector").value = String(d);
      /** @type {HTMLInputElement} */ (form.querySelector(`[name=view][value=${view}]`)).checked = true;
      refresh();
    }

    /** Show a view of a detector and open one of its images. @param {View} view @param {number} d @param {number} i */
    function openIn(view, d, i) {
      show(view, d);
      const k = found.indexOf(i);
      if (k >= 0) viewer.open(k);
    }

    function arrive() {
      byId("gallery").scrollIntoView();
      (buttonAt(0) || field("slice")).focus({ preventScroll: true });
    }

    /** @param {number} k */
    function redraw(k) {
      cardAt(k)?.closest("li")?.replaceWith(card(k, asked()));
    }

    return {
      choices,
      refresh,
      filter,
      show,
      arrive,
      openIn,
      focus,
      redraw,
      at: (/** @type {number} */ k) => found[k],
      size: () => found.length,
    };
  })();

  // ---------------------------------------------------------------- one picture, large

  const viewer = (() => {
    const dialog = /** @type {HTMLDialogElement} */ (byId("viewer"));
    const stage = byId("viewer-picture");
    const facts = byId("viewer-facts");
    const note = /** @type {HTMLTextAreaElement} */ (byId("viewer-note"));
    const marks = /** @type {NodeListOf<HTMLButtonElement>} */ (dialog.querySelectorAll("[data-mark]"));
    let position = 0;

    /** @param {number} i */
    function rows(i) {
      return active.map((d) => {
        const [text, kind] = verdictOf(d, i);
        const row = element("div", { class: seriesOf(d) }, element("dt", {}, isolated(detectors[d].name)));
        const score = Number.isNaN(scores[d][i]) ? "none" : String(Number(scores[d][i].toPrecision(4)));
        const answer = element("dd", {}, element("span", { class: `kind ${kind}` }, text), ` score ${score}`);
        const time = latency[d]?.[i] ?? NaN;
        if (!Number.isNaN(time)) answer.append(`, ${timeText(time)}`);
        const why = i in data.errors[d] ? data.errors[d][i] : explanation(d, i).text;
        row.append(element("dd", { class: "bar" }, scoreBar(d, i)), answer);
        for (const told of [why, flipText(d, i) && `Against the baseline: ${flipText(d, i)}`, overlapText(d, i)]) {
          if (told) row.append(element("dd", { class: "why" }, told));
        }
        return row;
      });
    }

    /** Says which line over the picture is whose. @param {number} i */
    function legend(i) {
      const sample = (/** @type {string} */ kind) =>
        drawing("svg", { class: "sample", viewBox: "0 0 28 8", "aria-hidden": "true" }, drawing("line", { class: kind, x1: 0, y1: 4, x2: 28, y2: 4 }));
      const items = [];
      if (trueBoxes.has(i)) items.push(element("li", {}, sample("truth"), "true box"));
      for (const d of active) {
        if (boxes[d].has(i)) items.push(element("li", {}, sample(`box ${seriesOf(d)} dash-${d % 4}`), "located by ", isolated(detectors[d].name)));
        if (explanation(d, i).lines.length) items.push(element("li", {}, sample(`edge ${seriesOf(d)}`), "lines of ", isolated(detectors[d].name)));
      }
      return items.length ? [element("ul", { class: "legend" }, ...items)] : [];
    }

    /** @param {string} name @param {string} value */
    const fact = (name, value) => element("div", {}, element("dt", {}, isolated(name)), element("dd", {}, isolated(value)));

    function show() {
      const i = gallery.at(position);
      const picture = pictureOf(i);
      byId("viewer-title").replaceChildren(isolated(paths[i]));
      byId("viewer-position").textContent = `${whole(position + 1)} of ${whole(gallery.size())}`;
      stage.replaceChildren();
      if (picture) {
        const [source, width, height] = picture;
        const holder = held(element("img", { src: source, alt: paths[i], width, height }), picture, outlines(active, i));
        holder.style.width = `min(100%, ${(62 * width) / height}vh)`;
        stage.append(holder, ...legend(i));
      } else stage.append(element("p", {}, "No small copy of this picture was kept in the run's folder."));
      facts.replaceChildren(...(i in data.unreadable ? [] : rows(i)));
      const known = /** @type {[string, string][]} */ ([["label", ["undecided", "plain", "framed"][labels[i] + 1]]]);
      if (i in data.unreadable) known.push(["cannot be read", data.unreadable[i]]);
      if (widths[i]) known.push(["size", `${widths[i]} × ${heights[i]} pixels`]);
      if (groups && groups.codes[i] >= 0) known.push(["group", groups.values[groups.codes[i]]]);
      const original = data.root + paths[i].split("/").map(encodeURIComponent).join("/");
      const link = element("a", { href: original, target: "_blank", rel: "noopener" }, "open the file");
      byId("viewer-attributes").replaceChildren(
        ...[...known, ...attributesOf(i)].map(([name, value]) => fact(name, value)),
        element("div", {}, element("dt", {}, "original"), element("dd", {}, link)),
      );
      const { mark, note: written } = review.of(i);
      for (const button of marks) {
        button.setAttribute("aria-pressed", String(button.dataset.mark === mark));
        button.disabled = labels[i] < 0 && button.dataset.mark !== "ambiguous"; // no label that could be wrong
      }
      note.value = written;
      /** @type {HTMLButtonElement} */ (byId("viewer-previous")).disabled = position === 0;
      /** @type {HTMLButtonElement} */ (byId("viewer-next")).disabled = position + 1 >= gallery.size();
      // A button that is switched off lets go of the focus, and the keys would reach the dialog no more.
      const focused = document.activeElement;
      if (focused instanceof HTMLButtonElement && focused.disabled) dialog.focus();
    }

    /** @param {number} k */
    function go(k) {
      if (k < 0 || k >= gallery.size()) return;
      position = k;
      show();
    }

    /** @param {string} chosen */
    function mark(chosen) {
      const i = gallery.at(position);
      if (labels[i] < 0 && chosen !== "ambiguous") return;
      review.set(i, { mark: review.of(i).mark === chosen ? "" : chosen });
      gallery.redraw(position);
      show();
    }

    dialog.addEventListener("keydown", (event) => {
      if (event.target === note || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowRight") go(position + 1);
      else if (event.key === "ArrowLeft") go(position - 1);
      else if (/^[1-3]$/.test(event.key)) mark(MARKS[Number(event.key) - 1]);
      else if (event.key === "n") note.focus();
      else return;
      event.preventDefault();
    });
    dialog.addEventListener("close", () => gallery.focus(position));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    note.addEventListener("input", () => review.set(gallery.at(position), { note: note.value }));
    note.addEventListener("change", () => gallery.redraw(position));
    for (const button of marks) button.addEventListener("click", () => mark(button.dataset.mark || ""));
    byId("viewer-previous").addEventListener("click", () => go(position - 1));
    byId("viewer-next").addEventListener("click", () => go(position + 1));
    byId("viewer-close").addEventListener("click", () => dialog.close());

    return {
      /** @param {number} k */
      open(k) {
        go(k);
        dialog.showModal();
        dialog.focus();
      },
    };
  })();

  // ---------------------------------------------------------------- what the page printed, made clickable

  function liveCards() {
    for (const picture of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#mistakes .picture"))) {
      const { detector, image } = picture.dataset;
      const button = element("button", { type: "button", class: "open", title: "Open it large, with its review" });
      button.append(...picture.childNodes);
      button.addEventListener("click", () => gallery.openIn("mistakes", Number(detector), Number(image)));
      picture.append(button);
    }
    for (const cell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".times th[data-image]"))) {
      const { detector, image } = cell.dataset;
      const button = element("button", { type: "button", class: "link" }, ...cell.childNodes);
      button.addEventListener("click", () => gallery.openIn("slow", Number(detector), Number(image)));
      cell.append(button);
    }
  }

  /** How the gallery's form names a slice; "" where the page knows no such one. @param {string} attribute @param {string} value */
  function sliceOf(attribute, value) {
    const a = attributes.findIndex((one) => one.name === attribute);
    if (a < 0) return "";
    const code = attributes[a].values.indexOf(value);
    if (code >= 0) return `${a} ${code}`;
    const part = value.match(/^(?:below (\S+)|(\S+) to (\S+)|(\S+) and more)$/);
    return part ? `${a} ${Number(part[2] ?? part[4] ?? -Infinity)} ${Number(part[1] ?? part[3] ?? Infinity)}` : "";
  }

  function liveSlices() {
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("tr[data-attribute]"))) {
      const name = row.querySelector(".slice-name");
      const { attribute = "", value = "", weakest = "" } = row.dataset;
      if (!name || !sliceOf(attribute, value)) continue;
      const button = element("button", { type: "button", class: "link", title: "Show its images in the gallery" });
      button.append(...name.childNodes);
      button.addEventListener("click", () => gallery.filter(attribute, value, weakest));
      name.replaceWith(button);
    }
  }

  /** Let a table be sorted by a click on a column's head; a second click turns the order round. */
  function liveColumns() {
    const table = document.querySelector("table.slices");
    const body = table?.querySelector("tbody");
    if (!table || !body) return;
    const heads = /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll("thead th"));
    heads.forEach((head, column) => {
      const button = element("button", { type: "button", class: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const descending = head.getAttribute("aria-sort") === "ascending";
        for (const one of heads) one.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        body.append(...[...body.rows].sort((a, b) => compareCells(a.cells[column], b.cells[column], descending)));
      });
    });
  }

  /** Numbers by size, texts by alphabet, cells without a value last. @param {HTMLElement} a @param {HTMLElement} b @param {boolean} descending */
  function compareCells(a, b, descending) {
    const [one, other] = [a.dataset.sort, b.dataset.sort];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    const order = a.tagName === "TH" ? one.localeCompare(other) : Number(one) - Number(other);
    return descending ? -order : order;
  }

  function liveFlips() {
    for (const row of /** @type {NodeListOf<HTMLTableRowElement>} */ (document.querySelectorAll("tr[data-flips]"))) {
      const d = detectors.findIndex((one) => one.name === row.dataset.flips);
      const text = row.querySelector(".flips .cell-text");
      if (d < 0 || !text || !flips[d].size) continue;
      const button = element("button", { type: "button", class: "link", title: "Show them in the gallery" });
      button.append(...text.childNodes);
      button.addEventListener("click", () => {
        gallery.show("flips", d);
        gallery.arrive();
      });
      text.replaceWith(button);
    }
  }

  if (byId("gallery")) {
    gallery.choices();
    gallery.refresh();
    for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".panel[data-detector]"))) livePanel(panel);
    liveCards();
    liveSlices();
    liveColumns();
    liveFlips();
    byId("gallery").hidden = false;
    document.documentElement.classList.add("live");
    performance.mark("usable");
  }
})();
