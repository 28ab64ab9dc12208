// @ts-check
/** A small search for a code to add: one field, a list, arrow keys. */

import { leadByArrows, sayFilled } from "./arrows.js";
import { ask } from "./ask.js";
import { codeLabel, titleText } from "./codes.js";
import { el, fill, newId } from "./dom.js";
import { failure } from "./waiting.js";

const PAUSE = 160;
const MOST = 12;

/**
 * @typedef {{ code: string, title: string, kind?: string, path?: string[], below?: number }} Choice
 * @typedef {(words: string, signal: AbortSignal) => Promise<Choice[]>} Find
 * @typedef {{ name: string, find: Find, pick: (code: string) => void, hint?: string, words?: string,
 *   say?: (words: string) => void }} Wanted `name` says what the field is for; `say` is told its words
 */

export class Finder {
  list = el("ul", { class: "choices" });
  said = el("p", { class: "unseen", role: "status" });
  timer = 0;
  asking = new AbortController();

  /** @param {Wanted} wanted */
  constructor(wanted) {
    this.wanted = wanted;
    const id = newId("finder");
    this.field = el("input", {
      type: "search",
      id,
      autocomplete: "off",
      spellcheck: "false",
      placeholder: wanted.hint,
      value: wanted.words,
      oninput: () => this.typed(),
    });
    this.list.setAttribute("aria-label", `${wanted.name}: codes`);
    this.element = el(
      "div",
      { class: "finder" },
      el("label", { for: id }, wanted.name),
      this.field,
      this.said,
      this.list,
    );
    leadByArrows(this.field, this.list);
    if (wanted.words) {
      this.look();
    }
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const words = this.field.value.trim();
    this.wanted.say?.(words);
    try {
      const found = words ? await this.wanted.find(words, signal) : [];
      if (!signal.aborted) {
        this.show(words, found);
      }
    } catch (error) {
      if (!signal.aborted) {
        fill(
          this.list,
          el(
            "li",
            {},
            failure(error, () => this.look()),
          ),
        );
      }
    }
  }

  /**
   * @param {string} words
   * @param {Choice[]} found
   */
  show(words, found) {
    const isNone = words !== "" && found.length === 0;
    fill(this.said, words && (isNone ? "No such code" : `${found.length} codes`));
    fill(
      this.list,
      found.map((choice) => choiceLine(choice, this.wanted.pick)),
      isNone && el("li", { class: "none" }, "No code holds these words."),
    );
    sayFilled(this.list, words);
  }
}

/**
 * Return a line of a list of codes to pick from.
 * @param {Choice} choice
 * @param {(code: string) => void} pick
 */
export function choiceLine({ code, title, path = [], below = 0 }, pick) {
  const words = el(
    "span",
    { class: "choice-words" },
    titleText(title),
    path.length > 0 && el("span", { class: "choice-path" }, path.join(" › ")),
    below > 0 && el("span", { class: "choice-path" }, `${below} below it, found by words`),
  );
  const attributes = { type: "button", class: "choice", onclick: () => pick(code) };
  return el("li", {}, el("button", attributes, codeLabel(code), words));
}

/**
 * Return what finds codes by words: stems, or extension codes.
 * @param {{ extensions?: boolean }} [where]
 * @returns {Find}
 */
export function findCodes({ extensions = false } = {}) {
  return async (words, signal) => {
    const fields = { q: words, limit: MOST, extensions: extensions ? "1" : "" };
    const { hits } = await ask("search", fields, signal);
    return hits.filter((/** @type {Choice} */ hit) => hit.kind === "category");
  };
}
