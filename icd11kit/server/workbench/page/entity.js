// @ts-check
/** An entity to read: what it is, where it stands, what is written of it. */

import { announce } from "./announce.js";
import { ask, NoAnswer } from "./ask.js";
import { stepLabel, titleText } from "./codes.js";
import { el, fill } from "./dom.js";
import { entityHead, isStem, toEntity } from "./entity-head.js";
import { axesOf, mapRows, otherNames, saysInOne } from "./entity-more.js";
import { jsonSource } from "./source.js";
import { link } from "./state.js";
import { emptiness, fillWith } from "./waiting.js";
import { noteName } from "./words.js";

/** @typedef {{ code: string, system?: string, back?: { label: string, href: string } }} Wanted */

const MOST_CHILDREN = 60;

/** The view `entity`: one entity on a page of its own. */
export class EntityView {
  element = el("div", { class: "single" });
  reading = new AbortController();

  /**
   * @param {import("./links.js").State} state
   * @param {import("./links.js").State} [before]
   */
  async update({ code = "", system }, before) {
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    if (!code) {
      fill(
        this.element,
        emptiness("No entity is named.", el("a", { href: link({ view: "search" }) }, "Find one")),
      );
      return;
    }
    await showEntity(this.element, { code, system, heading: "h1" }, signal);
    if (before && !signal.aborted) {
      scrollTo(0, 0);
      this.element.querySelector("h1")?.focus({ preventScroll: true });
    }
  }
}

/**
 * Fill a place with an entity.
 * @param {HTMLElement} place
 * @param {Wanted & { heading?: "h1" | "h2" }} wanted
 * @param {AbortSignal} signal
 */
export function showEntity(place, { code, system, back, heading = "h2" }, signal) {
  return fillWith(
    place,
    async (still) => {
      const found = await look(code, system, still);
      const [suggested, expanded] = await Promise.all([
        axesFor(found, still),
        expansionOf(found, still),
      ]);
      announce(`${found.code} ${found.title}`);
      return [
        back && el("a", { class: "back", href: back.href }, `‹ ${back.label}`),
        article(found, suggested, expanded, heading),
      ];
    },
    signal,
  );
}

/**
 * @param {string} code
 * @param {string | undefined} system
 * @param {AbortSignal} signal
 */
async function look(code, system, signal) {
  try {
    return await ask("lookup", { q: code, system }, signal);
  } catch (error) {
    if (error instanceof NoAnswer) {
      error.search = code;
    }
    throw error;
  }
}

/**
 * @param {any} found
 * @param {AbortSignal} signal
 */
async function axesFor(found, signal) {
  return isStem(found) ? (await ask("suggest", { cluster: found.code }, signal)).axes : [];
}

/**
 * @param {any} found
 * @param {AbortSignal} signal
 */
async function expansionOf(found, signal) {
  return isStem(found) ? ask("expand", { code: found.code }, signal) : null;
}

/**
 * @param {any} found
 * @param {any[]} axes
 * @param {any} expanded
 * @param {"h1" | "h2"} heading
 */
function article(found, axes, expanded, heading) {
  return el(
    "article",
    { class: "entity" },
    entityHead(found, heading),
    saysInOne(expanded),
    note(found),
    says(found),
    children(found),
    axesOf(found, axes),
    notes(found),
    mapRows(found),
    otherNames(found),
    jsonSource("lookup", { q: found.input }),
  );
}

/** @param {any} found */
function note(found) {
  return (
    found.coding_note &&
    section(
      "Coding note",
      el("blockquote", { class: "note", lang: found.language }, found.coding_note),
    )
  );
}

/** @param {any} found */
function says(found) {
  return (
    found.says.length > 0 &&
    section(
      "Says beside the condition",
      el(
        "dl",
        { class: "pairs" },
        found.says.map((/** @type {any} */ facet) =>
          el("div", {}, el("dt", {}, facet.kind), el("dd", {}, facet.value)),
        ),
      ),
    )
  );
}

/** @param {any} found */
function children(found) {
  if (found.children.length === 0) {
    return null;
  }
  const shown = found.children.slice(0, MOST_CHILDREN);
  const more = found.children.length - shown.length;
  return section(
    "Below it",
    el(
      "ul",
      { class: "entries" },
      shown.map((/** @type {any} */ step) =>
        el(
          "li",
          {},
          el("a", { href: toEntity(step, found) }, stepLabel(step), titleText(step.title)),
        ),
      ),
    ),
    more > 0 && el("p", {}, `${more} more stand in the tree.`),
  );
}

/** @param {any} found */
function notes(found) {
  const kinds = [...new Set(found.notes.map((/** @type {[string, string]} */ [kind]) => kind))];
  return kinds.map((kind) =>
    section(
      noteName(/** @type {string} */ (kind)),
      el(
        "ul",
        { class: "prose", lang: found.language },
        found.notes
          .filter((/** @type {[string, string]} */ [each]) => each === kind)
          .map((/** @type {[string, string]} */ [, text]) => el("li", {}, text)),
      ),
    ),
  );
}

/**
 * @param {string} name
 * @param {...import("./dom.js").Children} rest
 */
function section(name, ...rest) {
  return el("section", { class: "part" }, el("h3", {}, name), ...rest);
}
