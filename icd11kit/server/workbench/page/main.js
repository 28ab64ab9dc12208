// @ts-check
/** The start: the head of the page, and the view that the address names. */

import { BrowseView } from "./browse.js";
import { ClusterView } from "./cluster.js";
import { CompareView } from "./compare.js";
import { fill } from "./dom.js";
import { EntityView } from "./entity.js";
import { Header } from "./header.js";
import { MappingView } from "./mapping.js";
import { SearchView } from "./search.js";
import { now, watch } from "./state.js";

/** @typedef {import("./links.js").State} State */
/** @typedef {{ element: HTMLElement, update: (state: State, before?: State) => void }} View */

/** @type {Record<string, [string, new () => View]>} */
const VIEWS = {
  search: ["Find", SearchView],
  browse: ["Browse", BrowseView],
  entity: ["Entity", EntityView],
  cluster: ["Cluster", ClusterView],
  map: ["Map", MappingView],
  compare: ["Compare", CompareView],
};

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const header = new Header();
/** @type {View | null} */
let shown = null;

/**
 * Show what the address names: the view that stands is kept where it is the same.
 * @param {State} state
 * @param {State} [before]
 */
function show(state, before) {
  header.update(state);
  const [name, Kind] = VIEWS[state.view];
  if (shown && before?.view === state.view) {
    shown.update(state, before);
  } else {
    shown = new Kind();
    fill(main, shown.element);
    shown.update(state);
    scrollTo(0, 0);
    if (before) {
      main.focus({ preventScroll: true });
    }
  }
  const what = state.code || state.c || state.q || (state.a && `${state.a} and ${state.b ?? "…"}`);
  document.title = [what, name, "icd11kit"].filter(Boolean).join(" · ");
}

document.getElementById("skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
watch(show);
show(now());
