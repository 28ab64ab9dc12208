// @ts-check
/** Codes as labels: their kind shows by colour, edge and, where it matters, by a word. */

import { el } from "./dom.js";
import { link, now } from "./state.js";

const EXTENSION = /^X[A-Z0-9]{3,}$/;
const ICD10CM = /^[A-Z][0-9][0-9A-Z](\.|$)/;

/**
 * Return the kind of a code by its form: stem, extension, icd10 or grouping; a cluster is a stem.
 * @param {string} code
 */
export function kindOf(code) {
  if (EXTENSION.test(code)) {
    return "extension";
  }
  if (ICD10CM.test(code)) {
    return "icd10";
  }
  return /^(Block|\d\d$|[A-Z]$|\d+$)/.test(code) ? "grouping" : "stem";
}

/**
 * Return a code as a label.
 * @param {string} code
 * @param {string} [kind]
 */
export function codeLabel(code, kind = kindOf(code)) {
  return el("code", { class: `label ${kind}` }, code || "block");
}

/**
 * Return a code as a label that leads to its entity.
 * @param {string} code
 * @param {{ system?: string, title?: string }} [more]
 */
export function codeLink(code, { system, title } = {}) {
  return el(
    "a",
    { class: "code-link", href: link({ view: "entity", code, system }), title },
    codeLabel(code),
  );
}

/**
 * Return a cluster as labels joined by its own signs.
 * @param {string} text
 */
export function clusterLabels(text) {
  const parts = text.split(/([&/])/).map((part) => part.trim());
  return el(
    "span",
    { class: "cluster-line" },
    parts
      .filter(Boolean)
      .map((part) =>
        part === "&" || part === "/" ? el("span", { class: "joint" }, part) : codeLink(part),
      ),
  );
}

/**
 * Return a title in the language it is written in.
 * @param {import("./dom.js").Children} text
 */
export function titleText(text) {
  return el("span", { class: "title-text", lang: now().language }, text);
}

/**
 * Return the label for a code in a list: blocks are named by a word, not by their long ids.
 * @param {{ code: string, kind: string, label?: string }} entry
 */
export function stepLabel(entry) {
  if (entry.kind === "block") {
    return el("span", { class: "label grouping" }, "block");
  }
  return codeLabel(entry.code, entry.kind === "chapter" ? "grouping" : kindOf(entry.code));
}
