// @ts-check
/** What comes out of a cluster: its words, its one form, and ways on. */

import { clusterLabels } from "./codes.js";
import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { jsonSource } from "./source.js";
import { link } from "./state.js";

/**
 * Return a cluster's words, canonical and normal form, with buttons that copy them.
 * @param {import("./cluster.js").Verdict} verdict
 * @param {any} normal
 */
export function outcome(verdict, normal) {
  return el(
    "section",
    { class: "outcome", "aria-label": "Outcome" },
    el("h2", {}, "Outcome"),
    verdict.display &&
      piece("In words", el("p", { class: "display" }, verdict.display), verdict.display),
    verdict.canonical &&
      piece("Canonical form", el("p", {}, clusterLabels(verdict.canonical)), verdict.canonical),
    normalForm(verdict, normal),
    entityOf(normal),
    ways(verdict),
  );
}

/**
 * @param {string} name
 * @param {Node} shown
 * @param {string} text
 */
function piece(name, shown, text) {
  return el(
    "div",
    { class: "piece" },
    el("div", { class: "piece-head" }, el("h3", {}, name), copyButton(text, name.toLowerCase())),
    shown,
  );
}

/**
 * @param {import("./cluster.js").Verdict} verdict
 * @param {any} normal
 */
function normalForm({ canonical }, normal) {
  if (!normal?.normalized) {
    return el("p", { class: "aside" }, "A part of it names nothing, so it has no normal form.");
  }
  if (normal.normalized === canonical && normal.steps.length === 0) {
    return el(
      "p",
      { class: "aside" },
      "That is its normal form, too: no one code says more of it.",
    );
  }
  return [
    piece("Normal form", el("p", {}, clusterLabels(normal.normalized)), normal.normalized),
    el(
      "ol",
      { class: "steps" },
      normal.steps.map((/** @type {any} */ step) =>
        el(
          "li",
          {},
          el("code", {}, step.before),
          " → ",
          el("code", {}, step.after),
          ` ${step.evidence}`,
        ),
      ),
    ),
    normal.steps.length > 0 &&
      el(
        "a",
        { class: "button", href: link({ view: "cluster", c: normal.normalized }) },
        "Take the normal form",
      ),
  ];
}

/** @param {any} normal */
function entityOf(normal) {
  return (
    normal?.entity &&
    el(
      "p",
      {},
      "WHO’s map sets this cluster beside the entity ",
      el("a", { href: link({ view: "entity", code: normal.entity.entity }) }, normal.entity.title),
      `: ${normal.entity.evidence}.`,
    )
  );
}

/** @param {import("./cluster.js").Verdict} verdict */
function ways({ input, canonical, mode }) {
  return [
    canonical &&
      el(
        "p",
        { class: "actions" },
        el(
          "a",
          {
            class: "button plain",
            href: link({ view: "map", q: canonical, from: "icd11", to: "icd10cm" }),
          },
          "Map to ICD-10-CM",
        ),
        el(
          "a",
          { class: "button plain", href: link({ view: "compare", a: canonical }) },
          "Compare",
        ),
      ),
    jsonSource("validate", { cluster: input, mode }),
  ];
}
