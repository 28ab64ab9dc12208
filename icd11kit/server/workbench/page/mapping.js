// @ts-check
/** The view `map`: what a code is elsewhere, how near, why, and what is lost. */

import { alternatives, titlesOf } from "./alternatives.js";
import { announce } from "./announce.js";
import { ask } from "./ask.js";
import { clusterLabels, kindOf } from "./codes.js";
import { copyButton } from "./copy.js";
import { el, fill } from "./dom.js";
import { offer } from "./filters.js";
import { nearness } from "./nearness.js";
import { jsonSource } from "./source.js";
import { go, link } from "./state.js";
import { emptiness, fillWith } from "./waiting.js";

/** @typedef {{ q: string, from: string, to: string }} Asked */

/** @type {[string, string][]} */
const ROUTES = [
  ["", "By the code’s form"],
  ["icd10cm icd11", "ICD-10-CM → ICD-11"],
  ["icd11 icd10cm", "ICD-11 → ICD-10-CM"],
  ["icd10 icd11", "ICD-10 → ICD-11, WHO’s tables"],
  ["icd11 icd10", "ICD-11 → ICD-10, WHO’s tables"],
];
const EXAMPLES = ["S52.531A", "E11.9", "I10", "K35.80", "NC32.50&XK9K"];

export class MappingView {
  field = el("input", {
    type: "search",
    id: "map-code",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "S52.531A",
  });
  submit = (/** @type {Event} */ event) => this.take(event);
  route = el("select", { id: "map-route", onchange: this.submit });
  place = el("div", { class: "mapping-place" });
  element = el(
    "div",
    { class: "mapping" },
    el("h1", { tabindex: -1 }, "Map"),
    el(
      "form",
      { class: "ask-form", onsubmit: this.submit },
      el("div", {}, el("label", { for: "map-code" }, "Code or cluster"), this.field),
      el("div", {}, el("label", { for: "map-route" }, "Which way"), this.route),
      el("button", { type: "submit", class: "button" }, "Map"),
    ),
    this.place,
  );
  asking = new AbortController();

  /** @param {Event} event */
  take(event) {
    event.preventDefault();
    const [from, to] = this.route.value.split(" ");
    go({ view: "map", q: this.field.value.trim(), from, to });
  }

  /** @param {import("./links.js").State} state */
  update({ q = "", from = "", to = "" }) {
    this.field.value = q;
    const chosen = `${from} ${to}`.trim();
    offer(this.route, ROUTES, ROUTES.some(([value]) => value === chosen) ? chosen : "");
    this.asking.abort();
    this.asking = new AbortController();
    if (q) {
      fillWith(this.place, (signal) => mapped({ q, from, to }, signal), this.asking.signal);
    } else {
      fill(this.place, begin());
    }
  }
}

/**
 * @param {Asked} asked
 * @param {AbortSignal} signal
 */
async function mapped(asked, signal) {
  const found = await ask("map", asked, signal);
  announce(`${found.source} maps to ${found.target || "nothing"}`);
  return answer(found, asked, await titlesOf(found.alternatives, signal));
}

function begin() {
  return emptiness(
    "What is a code in the other classification, why, and what is lost?",
    el(
      "div",
      { class: "examples" },
      el("p", {}, "For example"),
      EXAMPLES.map((q) => el("a", { class: "chip", href: link({ view: "map", q }) }, q)),
    ),
  );
}

/**
 * @param {any} found
 * @param {Asked} asked
 * @param {Map<string, string>} titles
 */
function answer(found, asked, titles) {
  const toIcd11 = found.target ? kindOf(found.target) === "stem" : kindOf(found.source) === "icd10";
  return el(
    "article",
    { class: "map-answer" },
    el(
      "div",
      { class: "map-pair" },
      side("From", found.source, found.source_title),
      nearness(found, toIcd11),
      found.target
        ? side("To", found.target, found.target_display)
        : el("div", { class: "side" }, emptiness("No code in the other classification.")),
    ),
    found.ambiguous &&
      el("p", { class: "notice-line" }, "Several targets are as good: a coder has to decide."),
    found.target && ways(found, toIcd11, asked),
    el("div", { class: "map-why" }, lost(found), evidence(found)),
    alternatives(found, titles),
    jsonSource("map", asked),
  );
}

/**
 * @param {string} name
 * @param {string} code
 * @param {string} title
 */
function side(name, code, title) {
  return el(
    "div",
    { class: "side" },
    el("p", { class: "side-name" }, name),
    el("p", { class: "side-code" }, clusterLabels(code), copyButton(code)),
    el("p", { class: "side-title" }, title),
  );
}

/**
 * @param {any} found
 * @param {boolean} toIcd11
 * @param {{ from: string, to: string }} asked
 */
function ways(found, toIcd11, { from, to }) {
  const byTables = from === "icd10" || to === "icd10";
  const other = byTables ? "icd10" : "icd10cm";
  const back = toIcd11 ? { from: "icd11", to: other } : { from: other, to: "icd11" };
  return el(
    "p",
    { class: "actions" },
    toIcd11 &&
      el(
        "a",
        { class: "button", href: link({ view: "cluster", c: found.target }) },
        "Open in the cluster builder",
      ),
    el(
      "a",
      { class: "button plain", href: link({ view: "map", q: found.target, ...back }) },
      "Map it back",
    ),
  );
}

/** @param {any} found */
function lost({ target, remainder }) {
  return el(
    "section",
    { class: "lost" },
    el("h2", {}, "What is lost"),
    remainder.length > 0
      ? el(
          "ul",
          {},
          remainder.map((/** @type {string} */ piece) => el("li", {}, piece)),
        )
      : el(
          "p",
          {},
          target ? "Nothing of what was read in the source." : "All of it: there is no target.",
        ),
  );
}

/** @param {any} found */
function evidence({ evidence: reasons, release }) {
  return el(
    "section",
    { class: "why" },
    el("h2", {}, "Why"),
    el(
      "dl",
      { class: "reasons" },
      reasons.map((/** @type {any} */ each) =>
        el("div", {}, el("dt", {}, each.kind), el("dd", {}, each.detail)),
      ),
    ),
    el("p", { class: "aside" }, `Rests on MMS ${release}.`),
  );
}
