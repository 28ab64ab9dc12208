// @ts-check
/** The view `search`: find as one types, and read beside the list. */

import { announce } from "./announce.js";
import { leadByArrows, sayFilled } from "./arrows.js";
import { ask } from "./ask.js";
import { chapters } from "./chapters.js";
import { Detail } from "./detail.js";
import { el, fill, setAttributes } from "./dom.js";
import { SearchFilters } from "./filters.js";
import { hitLine } from "./results.js";
import { change, link, now } from "./state.js";
import { emptiness, fillWith } from "./waiting.js";
import { welcome } from "./welcome.js";
import { counted } from "./words.js";

/** @typedef {import("./links.js").State} State */

const PAUSE = 160;
const MOST = 40;
const ASKED_BY = ["q", "system", "chapter", "extensions", "release", "language"];
const EXAMPLES = ["broken wrist", "diabetes type 2", "appendicitis", "heart attack", "NC32"];

export class SearchView {
  field = el("input", {
    type: "search",
    id: "search-field",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Words, a code, or the beginning of one",
    oninput: () => this.typed(),
  });
  list = el("ol", { class: "hits", id: "search-hits" });
  count = el("p", { class: "count" });
  filters = new SearchFilters();
  pane = el(
    "section",
    { class: "pane", "aria-labelledby": "search-head" },
    el("h1", { id: "search-head", tabindex: -1 }, "Find"),
    el(
      "form",
      { role: "search", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      el("label", { for: "search-field", class: "unseen" }, "Find codes by words"),
      this.field,
      this.filters.element,
    ),
    this.count,
    this.list,
  );
  detail = new Detail(this.pane);
  element = el("div", { class: "split" }, this.pane, this.detail.element);
  timer = 0;
  asking = new AbortController();

  constructor() {
    leadByArrows(this.field, this.list);
  }

  typed() {
    clearTimeout(this.timer);
    const take = () => change({ q: this.field.value.trim(), code: "" }, { silently: true });
    this.timer = setTimeout(take, PAUSE);
  }

  /**
   * @param {State} state
   * @param {State} [before]
   */
  update(state, before) {
    if (this.field.value.trim() !== (state.q ?? "")) {
      this.field.value = state.q ?? "";
    }
    this.filters.update(state);
    if (!before || ASKED_BY.some((name) => state[name] !== before[name])) {
      this.asking.abort();
      this.asking = new AbortController();
      this.find(state);
    }
    this.mark(state.code);
    this.detail.update(state, before, {
      back: { label: "Results", href: link({ ...state, code: "" }) },
      empty: () => (state.q ? chooseHint() : welcome()),
    });
  }

  /** @param {State} state */
  find(state) {
    if (state.q) {
      const { signal } = this.asking;
      fillWith(this.list, (still) => this.hits(state, still), signal).then(() => {
        if (!signal.aborted) {
          fill(this.count, this.list.querySelector(".trouble") === null && this.count.textContent);
          sayFilled(this.list, state.q);
        }
      });
    } else {
      fill(this.count);
      fill(this.list, el("li", {}, examples()));
    }
  }

  /**
   * @param {State} state
   * @param {AbortSignal} signal
   */
  async hits({ q, system = "mms", chapter, extensions }, signal) {
    const [answer, all] = await Promise.all([
      ask("search", { q, system, chapter, extensions, limit: MOST }, signal),
      chapters(signal),
    ]);
    const titles = new Map(all.map((each) => [each.code, each.title]));
    const number = answer.hits.length;
    const many = number === MOST ? `The first ${MOST} entries` : said(number);
    fill(this.count, many);
    announce(`${many} for ${q}`);
    /** @param {import("./results.js").Hit} hit */
    const line = (hit) => hitItem(hit, { query: q, system, chapters: titles });
    return number ? answer.hits.map(line) : el("li", {}, nothing());
  }

  /** @param {string | undefined} code */
  mark(code) {
    for (const each of this.list.querySelectorAll("a.hit")) {
      const isOpen = each instanceof HTMLElement && each.dataset.code === code;
      setAttributes(each, { "aria-current": isOpen ? "true" : undefined });
    }
  }
}

/**
 * @param {import("./results.js").Hit} hit
 * @param {import("./results.js").Found} found
 */
function hitItem(hit, found) {
  const state = now();
  const attributes = {
    class: "hit",
    href: link({ ...state, code: hit.code }),
    "data-code": hit.code,
    "aria-current": state.code === hit.code ? "true" : undefined,
  };
  return el("li", {}, el("a", attributes, hitLine(hit, found)));
}

/** @param {number} number */
const said = (number) => (number ? counted(number, "entry", "entries") : "Nothing found");

function chooseHint() {
  const hint = emptiness(
    "Choose an entry to read it here.",
    el("p", {}, el("kbd", {}, "↓"), " moves through the list, ", el("kbd", {}, "Enter"), " opens."),
  );
  return el("div", { class: "for-wide" }, hint);
}

function nothing() {
  return emptiness(
    "No entry holds these words.",
    el("p", {}, "Try fewer or other words, another classification, or the extension codes."),
  );
}

function examples() {
  const chips = EXAMPLES.map((q) =>
    el("a", { class: "chip", href: link({ view: "search", q }) }, q),
  );
  return el("div", { class: "examples" }, el("p", {}, "For example"), chips);
}
