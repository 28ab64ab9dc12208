// @ts-check
/** Two codes or clusters side by side. */

import { codeLink, titleText } from "./codes.js";
import { el } from "./dom.js";
import { axisName, systemName } from "./words.js";

/** @type {[string, (side: any) => import("./dom.js").Children][]} */
const ROWS = [
  ["Says", says],
  [
    "Main stem",
    ({ entity }) => entity && [codeLink(entity.code || entity.id), " ", titleText(entity.title)],
  ],
  ["Also says", ({ said }) => values(said)],
  [
    "Kind",
    ({ entity }) => entity && `${entity.kind}, ${systemName(entity.system)} ${entity.release}`,
  ],
  ["Place", ({ entity }) => entity && placeOf(entity)],
  [
    "Below it",
    ({ entity }) => entity && (entity.children.length ? String(entity.children.length) : "nothing"),
  ],
];

/**
 * Return two sides in a table, each with its words and the entity of its main stem.
 * @param {any} first
 * @param {any} second
 */
export function sideBySide(first, second) {
  const heads = [first, second].map(({ text }) => el("th", { scope: "col" }, text));
  const rows = ROWS.map(([name, show]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      el("td", {}, show(first)),
      el("td", {}, show(second)),
    ),
  );
  return el(
    "div",
    { class: "wide", tabindex: 0, role: "group", "aria-label": "Side by side" },
    el(
      "table",
      { class: "beside" },
      el("thead", {}, el("tr", {}, el("td", {}), heads)),
      el("tbody", {}, rows),
    ),
  );
}

/** @param {any} side */
function says({ said, entity }) {
  const isUnknown = said.display.startsWith("? ");
  return isUnknown ? (entity?.title ?? "nothing in this release") : titleText(said.display);
}

/** @param {any} said */
function values(said) {
  const more = [...said.groups[0].slice(1), ...said.groups.slice(1).flat()];
  return more.length === 0
    ? "nothing more"
    : el(
        "ul",
        { class: "values" },
        more.map((/** @type {any} */ each) =>
          el(
            "li",
            {},
            codeLink(each.code),
            ` ${each.title}`,
            each.axis && el("span", { class: "aside" }, ` ${axisName(each.axis)}`),
          ),
        ),
      );
}

/** @param {any} entity */
function placeOf(entity) {
  return el(
    "ol",
    { class: "values" },
    entity.path.map((/** @type {any} */ step) => el("li", {}, step.title)),
  );
}
