// @ts-check
/** The view `browse`: the tree, and beside it the entry that is chosen. */

import { Detail } from "./detail.js";
import { el } from "./dom.js";
import { change, link } from "./state.js";
import { Tree } from "./tree.js";
import { emptiness } from "./waiting.js";

/** @typedef {import("./links.js").State} State */

export class BrowseView {
  tree = new Tree((code) => change({ code }));
  pane = el(
    "section",
    { class: "pane", "aria-labelledby": "browse-head" },
    el("h1", { id: "browse-head", tabindex: -1 }, "Browse"),
    this.tree.element,
  );
  detail = new Detail(this.pane);
  element = el("div", { class: "split" }, this.pane, this.detail.element);
  asking = new AbortController();

  /**
   * @param {State} state
   * @param {State} [before]
   */
  async update(state, before) {
    this.detail.update(state, before, {
      back: { label: "Tree", href: link({ view: "browse" }) },
      empty: chooseHint,
    });
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const isNew = before?.release !== state.release || before?.language !== state.language;
    if (isNew || !before || !this.tree.element.querySelector("[role=treeitem]")) {
      await this.tree.start(signal);
    }
    if (state.code && !signal.aborted) {
      await this.tree.reveal(state.code).catch(() => undefined); // The entry's place says why.
    }
  }
}

function chooseHint() {
  const hint = emptiness(
    "Choose an entry to read it here.",
    el(
      "p",
      {},
      el("kbd", {}, "→"),
      " opens a branch, ",
      el("kbd", {}, "Enter"),
      " reads an entry.",
    ),
  );
  return el("div", { class: "for-wide" }, hint);
}
