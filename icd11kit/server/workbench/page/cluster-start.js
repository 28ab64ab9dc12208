// @ts-check
/** How a cluster is begun: find its stem, or take an example. */

import { codeLabel } from "./codes.js";
import { el } from "./dom.js";
import { findCodes, Finder } from "./finder.js";
import { link } from "./state.js";

/** @type {[string, string][]} */
const EXAMPLES = [
  ["NC32.2&XK8G/PA60", "an injury with its side and its cause"],
  ["9B71.Z/5A11", "a condition with what causes it"],
  ["NC32.2&XK8G&XK9K", "two sides where one is taken"],
  ["5A11&XK8G", "a side where none belongs"],
  ["MG50", "a stem that waits for its cause"],
];

/**
 * Return what stands where there is no cluster yet.
 * @param {import("./cluster.js").SetText} setText
 */
export function clusterStart(setText) {
  const finder = new Finder({
    name: "Begin with a stem",
    find: findCodes(),
    pick: (code) => setText(code),
    hint: "fracture of shaft of ulna",
  });
  return el("div", { class: "start" }, el("div", {}, finder.element, grammar()), samples());
}

function grammar() {
  const joint = (/** @type {string} */ sign) => el("span", { class: "joint" }, sign);
  return el(
    "div",
    { class: "grammar" },
    el(
      "p",
      { class: "cluster-line" },
      codeLabel("stem", "stem"),
      joint("&"),
      codeLabel("extension", "extension"),
      joint("/"),
      codeLabel("stem", "stem"),
    ),
    el(
      "p",
      { class: "aside" },
      "A cluster begins with a stem. & adds an extension code to the stem before it, / adds a further stem.",
    ),
  );
}

function samples() {
  const lines = EXAMPLES.map(([c, what]) => {
    const to = link({ view: "cluster", c });
    return el("li", {}, el("a", { href: to }, el("code", {}, c), el("span", {}, what)));
  });
  return el(
    "div",
    {},
    el("h2", { class: "small-head" }, "Or look at one"),
    el("ul", { class: "samples" }, lines),
  );
}
