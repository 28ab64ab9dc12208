// @ts-check
/** What else is known of an entity: axes, WHO's map rows, its other names. */

import { clusterLabels, codeLabel } from "./codes.js";
import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { link } from "./state.js";
import { axisName, axisTier, counted, multipleName } from "./words.js";

const MOST_ROWS = 24;

/**
 * Return the axes of a stem, each with a way to fill it.
 * @param {any} found
 * @param {any[]} axes
 */
export function axesOf(found, axes) {
  if (axes.length === 0) {
    return null;
  }
  const tiers = [...new Set(axes.map((axis) => axis.tier))];
  return el(
    "section",
    { class: "part" },
    el("h3", {}, "Axes"),
    el("p", { class: "aside" }, `They come ${tiers.map(axisTier).join("; ")}.`),
    el(
      "ul",
      { class: "axis-list" },
      axes.map((axis) =>
        el(
          "li",
          {},
          el(
            "a",
            { href: link({ view: "cluster", c: found.code, axis: `${axis.group}.${axis.axis}` }) },
            axisName(axis.axis),
          ),
          el("span", { class: "many" }, needOf(axis), `, ${multipleName(axis.multiple)}`),
        ),
      ),
    ),
  );
}

/** @param {any} axis */
const needOf = ({ required }) =>
  required ? el("strong", { class: "need is-required" }, "required") : "optional";

/**
 * Return what a precoordinated code says as stem and value.
 * @param {any} expanded
 */
export function saysInOne(expanded) {
  if (!expanded?.cluster) {
    return null;
  }
  return el(
    "p",
    { class: "in-one" },
    "Says in one code what ",
    clusterLabels(expanded.cluster),
    " says in two: ",
    expanded.evidence,
    ".",
  );
}

/**
 * Return the rows of WHO's mapping tables that name an entity, one line an ICD-10 code.
 * @param {any} found
 */
export function mapRows(found) {
  /** @type {Map<string, any[]>} */
  const byCode = new Map();
  for (const row of found.who_maps) {
    byCode.set(row.icd10_code, [...(byCode.get(row.icd10_code) ?? []), row]);
  }
  if (byCode.size === 0) {
    return null;
  }
  const codes = [...byCode.keys()].sort();
  return el(
    "section",
    { class: "part" },
    el("h3", {}, `In WHO’s mapping tables ${found.who_maps[0].release}`),
    el(
      "div",
      { class: "wide", tabindex: 0, role: "group", "aria-label": "WHO’s mapping rows" },
      el(
        "table",
        { class: "rows" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["ICD-10", "Title", "Relation", "Evidence"].map((name) =>
              el("th", { scope: "col" }, name),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          codes.slice(0, MOST_ROWS).map((code) => mapLine(code, byCode.get(code) ?? [])),
        ),
      ),
    ),
    codes.length > MOST_ROWS && el("p", {}, `${codes.length - MOST_ROWS} more are in the JSON.`),
  );
}

/**
 * @param {string} code
 * @param {any[]} rows
 */
function mapLine(code, rows) {
  const relation = rows.map((row) => row.relation).find(Boolean) ?? "";
  return el(
    "tr",
    {},
    el(
      "td",
      {},
      el(
        "a",
        { class: "code-link", href: link({ view: "map", q: code, from: "icd10", to: "icd11" }) },
        codeLabel(code, "icd10"),
      ),
    ),
    el("td", {}, rows[0].icd10_title),
    el("td", {}, relation || el("span", { class: "aside" }, "none stated")),
    el("td", { class: "small" }, evidenceOf(rows)),
  );
}

/** @param {any[]} rows */
const evidenceOf = (rows) =>
  el(
    "details",
    {},
    el("summary", {}, counted(rows.length, "row")),
    rows.map((row) => el("div", {}, `${row.mapping}, line ${row.line}`)),
  );

/**
 * Return the other names of an entity: its codes in other releases, and URIs to copy.
 * @param {any} found
 */
export function otherNames(found) {
  const releases = found.equivalents.filter((/** @type {any} */ name) => !name.uri);
  const uris = found.equivalents.filter((/** @type {any} */ name) => name.uri);
  return [
    releases.length > 0 &&
      listed(
        "In other releases",
        "releases",
        releases.map((/** @type {any} */ name) => inRelease(name, found)),
      ),
    uris.length > 0 &&
      listed(
        "URIs",
        "uris",
        uris.map((/** @type {any} */ { uri }) => [el("code", {}, uri), copyButton(uri)]),
      ),
  ];
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {import("./dom.js").Children[]} lines
 */
const listed = (name, kind, lines) =>
  el(
    "section",
    { class: "part" },
    el("h3", {}, name),
    el(
      "ul",
      { class: kind },
      lines.map((line) => el("li", {}, line)),
    ),
  );

/**
 * @param {any} name
 * @param {any} found
 */
function inRelease({ release, code }, found) {
  const to = { view: "entity", code, release, language: "" };
  return [
    el("span", {}, release),
    code ? el("a", { class: "code-link", href: link(to) }, codeLabel(code)) : "without a code",
    code && (code === found.code ? "the same code" : "another code"),
  ];
}
