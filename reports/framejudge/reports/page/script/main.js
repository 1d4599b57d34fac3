// The report's interaction: thresholds to drag, a gallery to filter, pictures to review.
// Plain ES modules, joined into one script when the page is rendered (page/script.py); the types in their
// comments are checked with `tsc --noEmit --checkJs --strict --target es2022 main.js`.

import { all, byId } from "./dom.js";
import * as gallery from "./gallery.js";
import * as links from "./links.js";
import * as map from "./map.js";
import * as review from "./review.js";
import * as sorting from "./sorting.js";
import { Panel } from "./thresholds.js";
import * as viewer from "./viewer.js";

review.start(gallery.refresh);
gallery.start();
for (const panel of all(".panel[data-detector]")) new Panel(panel);
viewer.start();
map.start();
links.start();
sorting.start();
byId("gallery").hidden = false;
document.documentElement.classList.add("live");
performance.mark("usable");
