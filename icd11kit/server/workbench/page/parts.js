// @ts-check
/** A cluster part by part: stems, and on each what is said of it by axis. */

import { codeLink, titleText } from "./codes.js";
import { el } from "./dom.js";
import { axisName } from "./words.js";

/**
 * @typedef {import("./cluster.js").Said} Said
 * @typedef {import("./cluster.js").Verdict} Verdict
 */

/**
 * Return a cluster's groups as codes in their order.
 * @param {Said[][]} groups
 */
export const codesOf = (groups) => groups.map((group) => group.map(({ code }) => code));

/**
 * Return groups of codes as the text of a cluster.
 * @param {string[][]} groups
 */
export const joined = (groups) =>
  groups
    .filter((group) => group.length > 0)
    .map((group) => group.join("&"))
    .join("/");

/**
 * Return the parts of a cluster, each with a way to take it out.
 * @param {Said[][]} groups
 * @param {Verdict} verdict
 * @param {import("./cluster.js").SetText} setText
 */
export function partList(groups, verdict, setText) {
  if (groups.length === 0) {
    return null;
  }
  return el(
    "section",
    { class: "parts", "aria-label": "Parts of the cluster" },
    el("h2", {}, "Parts"),
    groups.map((group, number) =>
      el(
        "ol",
        { class: "group", "aria-label": `Group ${number + 1}` },
        group.map((said, place) => {
          const takeOut = () => setText(without(groups, number, place), { then: ".remove" });
          return part(said, [number, place], verdict, takeOut);
        }),
      ),
    ),
  );
}

/**
 * Return the text of a cluster without one part; without a stem goes what is said of it.
 * @param {Said[][]} groups
 * @param {number} number
 * @param {number} place
 */
function without(groups, number, place) {
  const codes = codesOf(groups);
  codes[number] = place === 0 ? [] : codes[number].filter((_, at) => at !== place);
  return joined(codes);
}

/**
 * @param {Said} said
 * @param {[number, number]} at its group, and its place there
 * @param {Verdict} verdict
 * @param {() => void} takeOut
 */
function part(said, [number, place], verdict, takeOut) {
  const isUnknown = said.title.startsWith("? ");
  const joint = place > 0 ? "&" : number > 0 ? "/" : "";
  return el(
    "li",
    { class: `part-line ${place === 0 ? "is-stem" : "is-value"}` },
    el("span", { class: "joint" }, joint),
    el(
      "span",
      { class: "part-words" },
      role(said, number, place, verdict),
      isUnknown ? nameless() : titleText(said.title),
    ),
    isUnknown ? el("code", { class: "label" }, said.code) : codeLink(said.code),
    el(
      "button",
      {
        type: "button",
        class: "quiet remove",
        "aria-label": `Take out ${said.code}`,
        onclick: takeOut,
      },
      "×",
    ),
  );
}

/**
 * Return what a part is in its group: a stem, or a value of an axis.
 * @param {Said} said
 * @param {number} number
 * @param {number} place
 * @param {Verdict} verdict
 */
function role({ code, axis }, number, place, { bindings }) {
  if (axis) {
    const tier = bindings.find((each) => each.value === code && each.axis === axis)?.tier;
    return el("span", { class: "role" }, axisName(axis), tier === "profile" && " · by the profile");
  }
  if (place === 0) {
    return el("span", { class: "role" }, number === 0 ? "Main stem" : "Further stem");
  }
  return el("span", { class: "role is-loose" }, "On no axis");
}

const nameless = () => el("span", { class: "is-loose" }, "Names nothing in this release");
