// @ts-check
/** The place beside a list or tree where the entry that is chosen there is read. */

import { el, fill } from "./dom.js";
import { showEntity } from "./entity.js";

/** @typedef {import("./links.js").State} State */

const SHOWN_BY = ["code", "system", "release", "language"];

export class Detail {
  element = el("section", { class: "detail", "aria-label": "Entity" });
  reading = new AbortController();
  left = 0;

  /** @param {HTMLElement} pane the list or tree; where room is short it gives way to the entry */
  constructor(pane) {
    this.pane = pane;
  }

  /**
   * @param {State} state
   * @param {State | undefined} before
   * @param {{ back: { label: string, href: string }, empty: () => HTMLElement | null }} more
   */
  update(state, before, { back, empty }) {
    const isSame = before && !SHOWN_BY.some((name) => state[name] !== before[name]);
    if (isSame && (state.code || before.q === state.q)) {
      return;
    }
    this.reading.abort();
    this.reading = new AbortController();
    if (before && state.code && !before.code) {
      this.left = scrollY;
    }
    this.element.parentElement?.classList.toggle("has-detail", Boolean(state.code));
    if (state.code) {
      this.show(state, back, Boolean(before));
    } else {
      fill(this.element, empty());
      scrollTo(0, this.left);
    }
  }

  /**
   * @param {State} state
   * @param {{ label: string, href: string }} back
   * @param {boolean} isChosen
   */
  async show({ code, system }, back, isChosen) {
    const { signal } = this.reading;
    if (isChosen) {
      scrollTo(0, 0);
    }
    await showEntity(this.element, { code, system, back }, signal);
    const isAlone = getComputedStyle(this.pane).display === "none";
    if (isChosen && isAlone && !signal.aborted) {
      this.element.querySelector("h2")?.focus();
    }
  }
}
