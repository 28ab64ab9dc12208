// @ts-check
/** How two meanings stand to each other, drawn as circles and said in words. */

import { el, svg } from "./dom.js";

/** @typedef {"equal" | "below" | "above" | "overlapping" | "disjoint" | "unknown"} Shape */

/** @type {Record<string, { shape: Shape, short: string, words: string }>} */
export const RELATIONS = {
  "skos:exactMatch": { shape: "equal", short: "the same", words: "The target says the same." },
  "skos:broadMatch": {
    shape: "below",
    short: "broader",
    words: "The target is broader: it says less.",
  },
  "skos:narrowMatch": {
    shape: "above",
    short: "narrower",
    words: "The target is narrower: it says more.",
  },
  "skos:relatedMatch": {
    shape: "overlapping",
    short: "overlaps",
    words: "The target overlaps: it says something else, too.",
  },
};

/** @type {Record<Shape, [number, number, number, number]>} places and radii: first x, r, second x, r */
const CIRCLES = {
  equal: [40, 22, 40, 22],
  below: [36, 11, 40, 24],
  above: [40, 24, 44, 11],
  overlapping: [30, 18, 50, 18],
  disjoint: [20, 15, 60, 15],
  unknown: [20, 15, 60, 15],
};

/**
 * Return a drawing of how a first meaning stands to a second.
 * @param {Shape} shape
 */
export function circles(shape) {
  const [x1, r1, x2, r2] = CIRCLES[shape];
  const second = svg("circle", { class: "second", cx: x2, cy: 28, r: r2 });
  const first = svg("circle", { class: "first", cx: x1, cy: 28, r: r1 });
  return svg(
    "svg",
    { class: `circles ${shape}`, viewBox: "0 0 80 56", "aria-hidden": "true", focusable: "false" },
    shape === "above" ? [first, second] : [second, first],
    shape === "unknown" && svg("text", { x: 40, y: 34, "text-anchor": "middle" }, "?"),
  );
}

/**
 * Return the relation of a mapping, and how sure it is.
 * @param {any} found
 * @param {boolean} toIcd11
 */
export function nearness({ target, relation, confidence }, toIcd11) {
  const said = RELATIONS[relation];
  const way = toIcd11 ? "nearness" : "nearness is-back";
  if (!target) {
    return el("div", { class: way }, circles("unknown"));
  }
  return el(
    "div",
    { class: way },
    circles(said?.shape ?? "unknown"),
    el("p", { class: "relation" }, said?.words ?? "No relation is claimed."),
    el(
      "p",
      { class: "confidence" },
      "Confidence ",
      bar(confidence),
      el("strong", {}, confidence.toFixed(2)),
    ),
    el("p", { class: "aside" }, "the share of answers found the same way that experts would give"),
  );
}

/** @param {number} share */
function bar(share) {
  return svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "whole", width: 100, height: 8, rx: 4 }),
    svg("rect", { class: "share", width: Math.round(share * 100), height: 8, rx: 4 }),
  );
}
