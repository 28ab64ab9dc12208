// @ts-check
/** The view `compare`: two codes or clusters, how they stand to each other, side by side. */

import { announce } from "./announce.js";
import { ask } from "./ask.js";
import { sideBySide } from "./beside.js";
import { clusterLabels } from "./codes.js";
import { el, fill } from "./dom.js";
import { circles } from "./nearness.js";
import { jsonSource } from "./source.js";
import { go, link } from "./state.js";
import { emptiness, fillWith } from "./waiting.js";

/** @type {Record<string, string>} */
const SAID = {
  equal: "says the same as",
  below: "is below",
  above: "is above",
  overlapping: "overlaps with",
  disjoint: "excludes",
  unknown: "cannot be compared with",
};
/** @type {[string, string][]} */
const EXAMPLES = [
  ["NC32.2&XK8G", "NC32"],
  ["NC32.Z", "NC32"],
  ["NC32.2&XK8G", "NC32.2&XK9K"],
  ["NC32&XK8G", "NC32.2"],
];

export class CompareView {
  first = codeField("compare-a", "NC32.2&XK8G");
  second = codeField("compare-b", "NC32");
  place = el("div", { class: "compare-place" });
  element = el(
    "div",
    { class: "compare" },
    el("h1", { tabindex: -1 }, "Compare"),
    el(
      "form",
      { class: "ask-form", onsubmit: (/** @type {Event} */ event) => this.take(event) },
      el("div", {}, el("label", { for: "compare-a" }, "First code or cluster"), this.first),
      el("div", {}, el("label", { for: "compare-b" }, "Second"), this.second),
      el("button", { type: "submit", class: "button" }, "Compare"),
      el("button", { type: "button", class: "button plain", onclick: () => this.swap() }, "Swap"),
    ),
    this.place,
  );
  asking = new AbortController();

  /** @param {Event} event */
  take(event) {
    event.preventDefault();
    go({ view: "compare", a: this.first.value.trim(), b: this.second.value.trim() });
  }

  swap() {
    go({ view: "compare", a: this.second.value.trim(), b: this.first.value.trim() });
  }

  /** @param {import("./links.js").State} state */
  update({ a = "", b = "" }) {
    this.first.value = a;
    this.second.value = b;
    this.asking.abort();
    this.asking = new AbortController();
    if (a && b) {
      fillWith(this.place, (signal) => compared(a, b, signal), this.asking.signal);
    } else {
      fill(this.place, begin(a));
    }
  }
}

/**
 * @param {string} id
 * @param {string} placeholder
 */
function codeField(id, placeholder) {
  return el("input", { type: "text", id, autocomplete: "off", spellcheck: "false", placeholder });
}

/** @param {string} a */
function begin(a) {
  return emptiness(
    a ? `What is ${a} to be compared with?` : "How do two codes or clusters stand to each other?",
    el(
      "div",
      { class: "examples" },
      el("p", {}, "For example"),
      EXAMPLES.map(([x, y]) =>
        el("a", { class: "chip", href: link({ view: "compare", a: x, b: y }) }, `${x} and ${y}`),
      ),
    ),
  );
}

/**
 * @param {string} a
 * @param {string} b
 * @param {AbortSignal} signal
 */
async function compared(a, b, signal) {
  const [found, first, second] = await Promise.all([
    ask("compare", { a, b }, signal),
    readSide(a, signal),
    readSide(b, signal),
  ]);
  announce(`${a} ${SAID[found.relation]} ${b}`);
  const foreign = isIcd10(first) ? a : isIcd10(second) && b;
  return el(
    "article",
    { class: "compare-answer" },
    stands(found, foreign),
    sideBySide(first, second),
    jsonSource("compare", { a, b }),
  );
}

/**
 * @param {any} found
 * @param {string | false} foreign a code of ICD-10-CM among the two
 */
function stands({ a, b, relation, reason }, foreign) {
  return el(
    "div",
    { class: "stands" },
    circles(relation),
    el(
      "div",
      {},
      el("p", { class: "stands-words" }, clusterLabels(a), ` ${SAID[relation]} `, clusterLabels(b)),
      el("p", {}, `${reason}.`),
      foreign && mapFirst(foreign),
    ),
  );
}

/** @param {string} q */
const mapFirst = (q) =>
  el(
    "p",
    {},
    "Codes of ICD-10-CM can be compared once they are mapped: ",
    el("a", { href: link({ view: "map", q }) }, `map ${q}`),
    ".",
  );

/** @param {any} read */
const isIcd10 = (read) => read.entity?.system === "icd10cm";

/**
 * Return what is known of one side: its words, and the entity of its main stem.
 * @param {string} text
 * @param {AbortSignal} signal
 */
async function readSide(text, signal) {
  const said = await ask("describe", { cluster: text }, signal);
  const stem = said.groups[0][0].code;
  const entity = await ask("lookup", { q: stem }, signal).catch((error) => {
    if (error.status === 404) {
      return null;
    }
    throw error;
  });
  return { text, said, entity };
}
