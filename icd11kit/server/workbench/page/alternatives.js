// @ts-check
/** Targets of a map that were not chosen, and why. */

import { ask } from "./ask.js";
import { clusterLabels, kindOf } from "./codes.js";
import { el } from "./dom.js";
import { RELATIONS } from "./nearness.js";

const MOST_TITLES = 12;

/**
 * Return the titles of ICD-11 targets that were not chosen; reasons of others begin with theirs.
 * @param {any[]} others
 * @param {AbortSignal} signal
 */
export async function titlesOf(others, signal) {
  const unsaid = others.filter(({ target }) => kindOf(target) === "stem").slice(0, MOST_TITLES);
  const titles = unsaid.map(async ({ target }) => {
    const { display } = await ask("describe", { cluster: target }, signal).catch(() => ({}));
    return /** @type {[string, string]} */ ([target, display ?? ""]);
  });
  return new Map(await Promise.all(titles));
}

/**
 * @param {any} found
 * @param {Map<string, string>} titles
 */
export function alternatives({ alternatives: others }, titles) {
  return (
    others.length > 0 &&
    el(
      "section",
      { class: "alternatives" },
      el("h2", {}, "Not chosen"),
      el(
        "ul",
        {},
        others.map((/** @type {any} */ other) =>
          el(
            "li",
            {},
            clusterLabels(other.target),
            el(
              "div",
              { class: "alt-reason" },
              titles.get(other.target) && el("p", {}, titles.get(other.target)),
              el("p", titles.get(other.target) ? { class: "aside" } : {}, other.reason),
            ),
            el(
              "span",
              { class: "aside" },
              `${RELATIONS[other.relation]?.short ?? "unrelated"}, ${other.confidence.toFixed(2)}`,
            ),
          ),
        ),
      ),
    )
  );
}
