// @ts-check
/** The head of an entity: where it stands, its code and title, what it is, ways on. */

import { codeLabel, titleText } from "./codes.js";
import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { link, now } from "./state.js";
import { counted, systemName, tierName } from "./words.js";

/**
 * Return an entity's path and head.
 * @param {any} found
 * @param {"h1" | "h2"} heading
 */
export function entityHead(found, heading) {
  return [
    path(found),
    el(
      "header",
      { class: "entity-head" },
      isCode(found) && codeLabel(found.code),
      el(heading, { class: "entity-title", tabindex: -1, lang: found.language }, found.title),
      el("p", { class: "facts" }, facts(found).join(" · ")),
      actions(found),
    ),
  ];
}

/** @param {any} found */
function path(found) {
  const above = found.path.slice(0, -1);
  return (
    above.length > 0 &&
    el(
      "nav",
      { class: "path", "aria-label": "Place in the tree" },
      el(
        "ol",
        {},
        above.map((/** @type {any} */ step) =>
          el(
            "li",
            {},
            el(
              "a",
              { href: toEntity(step, found) },
              step.kind !== "block" && `${step.code} `,
              titleText(step.title),
            ),
          ),
        ),
      ),
    )
  );
}

/** @param {any} found */
function facts(found) {
  const below = counted(found.children.length, "entry", "entries");
  return [
    kindOfEntity(found),
    isCode(found) &&
      found.billable !== null &&
      (found.billable ? "billable" : "not billable: a longer code is needed"),
    found.system !== "foundation" && (found.is_leaf ? "nothing below it" : `${below} below it`),
    `${systemName(found.system)} ${found.release}, ${tierName(found.tier)}`,
    found.system === "foundation" && "below the shoreline: no code of its own",
  ].filter(Boolean);
}

/** @param {any} found */
function kindOfEntity({ residual, kind, chapter, system }) {
  if (residual) {
    return residual === "other" ? "residual: other specified" : "residual: unspecified";
  }
  return kind === "category" && chapter === "X" && system === "mms" ? "extension code" : kind;
}

/** @param {any} found */
const isCode = ({ kind, code }) => Boolean(code) && kind !== "chapter" && kind !== "block";
/**
 * Return whether an entity is a code that a cluster can begin with.
 * @param {any} found
 */
export const isStem = (found) => found.system === "mms" && isCode(found) && found.chapter !== "X";

/** @param {any} found */
function actions(found) {
  const { code, system } = found;
  const label = code || found.block_id || found.id;
  return el(
    "p",
    { class: "actions" },
    isStem(found) && way("Build a cluster", { view: "cluster", c: code }, true),
    isStem(found) &&
      way("Map to ICD-10-CM", { view: "map", q: code, from: "icd11", to: "icd10cm" }),
    system === "icd10cm" &&
      isCode(found) &&
      way("Map to ICD-11", { view: "map", q: code, from: "icd10cm", to: "icd11" }, true),
    isStem(found) && way("Compare", { view: "compare", a: code }),
    system === "mms" &&
      now().view !== "browse" &&
      way("Show in the tree", { view: "browse", code: label }),
    isCode(found) && copyButton(code, code, "Copy code"),
  );
}

/**
 * @param {string} name
 * @param {Record<string, string> & { view: string }} to
 * @param {boolean} [isMain]
 */
const way = (name, to, isMain = false) =>
  el("a", { class: isMain ? "button" : "button plain", href: link(to) }, name);

/**
 * Return the link to an entry beside another, read as a code of the same system.
 * @param {any} step
 * @param {any} found
 */
export const toEntity = (step, { system }) =>
  link({ view: "entity", code: step.label, system: system === "mms" ? "" : system });
