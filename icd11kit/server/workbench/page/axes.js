// @ts-check
/** The axes of a cluster's stems that are open, required ones first, and their values. */

import { ask } from "./ask.js";
import { el } from "./dom.js";
import { choiceLine, findCodes, Finder } from "./finder.js";
import { codesOf, joined } from "./parts.js";
import { change, now } from "./state.js";
import { axisName, axisTier, multipleName, STEM_AXES } from "./words.js";

/**
 * @typedef {import("./finder.js").Choice} Choice
 * @typedef {{ group: number, stem: string, axis: string, required: boolean, multiple: string,
 *   tier: string, given: string[], choices: Choice[] }} Axis
 * @typedef {{ text: string, axes: Axis[], groups: import("./cluster.js").Said[][], open: string,
 *   find: string, setText: import("./cluster.js").SetText }} Built
 */

const MOST = 40;
const ANY = "any";

/**
 * Return what can still be said: the axes of each stem, and beside them any code.
 * @param {Built} built
 */
export function openAxes(built) {
  return el(
    "section",
    { class: "axes", "aria-label": "What can be added" },
    el("h2", { tabindex: -1 }, "What can be added"),
    built.groups.map((group, number) => stemAxes(group[0], number, built)),
    panel(ANY, built, anyHead(), () => anyCode(built)),
  );
}

/**
 * Open the panel that a link names, and no other.
 * @param {HTMLElement} place
 * @param {string} open
 */
export function showAxis(place, open) {
  for (const each of place.querySelectorAll("details")) {
    each.open = each.dataset.axis === open;
  }
}

/**
 * @param {import("./cluster.js").Said} stem
 * @param {number} number
 * @param {Built} built
 */
function stemAxes(stem, number, built) {
  const axes = built.axes.filter((axis) => axis.group === number);
  if (axes.length === 0) {
    return null;
  }
  const tiers = [...new Set(axes.map((axis) => axis.tier))].map(axisTier);
  return el(
    "div",
    { class: "stem-axes" },
    el("h3", {}, el("code", {}, stem.code), ` ${stem.title}`),
    el("p", { class: "aside" }, `Axes ${tiers.join("; ")}.`),
    axes.map((axis) => panel(keyOf(axis), built, axisHead(axis), () => axisBody(axis, built))),
  );
}

/**
 * Return a panel whose body is made when it is opened; the link says which one is open.
 * @param {string} key
 * @param {Built} built
 * @param {HTMLElement[]} head
 * @param {() => HTMLElement} body
 */
function panel(key, built, head, body) {
  const made = el(
    "details",
    { class: key === ANY ? "axis any" : "axis", name: "axes", "data-axis": key },
    el("summary", {}, head),
  );
  made.addEventListener("toggle", () => {
    if (made.open && !made.querySelector(".axis-body")) {
      made.append(body());
    }
    if (made.open) {
      change({ axis: key, find: key === built.open ? built.find : "" }, { silently: true });
    } else if (now().axis === key) {
      change({ axis: "", find: "" }, { silently: true });
    }
  });
  made.open = built.open === key;
  return made;
}

/** @param {Axis} axis */
function axisHead({ axis, required, multiple, given }) {
  const need = required ? "required" : "optional";
  return [
    el("span", { class: "axis-name" }, axisName(axis)),
    ...(given.length > 0 ? [el("span", { class: "given" }, `has ${given.join(", ")}`)] : []),
    el("span", { class: `need is-${need}` }, need),
    el("span", { class: "many" }, multipleName(multiple)),
  ];
}

/**
 * @param {Axis} axis
 * @param {Built} built
 */
function axisBody(axis, built) {
  const isOfStems = STEM_AXES.includes(axis.axis);
  const more = { axis: keyOf(axis), then: `[data-axis="${keyOf(axis)}"] > summary` };
  const pick = (/** @type {string} */ code) =>
    built.setText(isOfStems ? withStem(built, code) : withValue(built, axis.group, code), more);
  const finder = new Finder({
    name: `A ${isOfStems ? "stem" : "value"} for ${axisName(axis.axis)}`,
    find: isOfStems ? findCodes() : valuesOf(axis, built),
    pick,
    hint: isOfStems ? "fall, diabetes …" : "words of its title",
    words: keyOf(axis) === built.open ? built.find : "",
    say: (find) => change({ find }, { silently: true }),
  });
  return el("div", { class: "axis-body" }, finder.element, !isOfStems && uppermost(axis, pick));
}

/**
 * @param {Axis} axis
 * @param {(code: string) => void} pick
 */
function uppermost(axis, pick) {
  if (axis.choices.length === 0) {
    return el("p", { class: "aside" }, "What is installed holds no value of this axis.");
  }
  const name = `${axisName(axis.axis)}: first values`;
  return [
    el(
      "ul",
      { class: "choices", "aria-label": name },
      axis.choices.map((choice) => choiceLine(choice, pick)),
    ),
    axis.choices.length >= MOST && el("p", { class: "aside" }, "There are more: search for them."),
  ];
}

/**
 * Return what finds the values of one axis by words.
 * @param {Axis} axis
 * @param {Built} built
 * @returns {import("./finder.js").Find}
 */
function valuesOf(axis, { text }) {
  return async (words, signal) => {
    const { axes } = await ask("suggest", { cluster: text, find: words }, signal);
    const same = axes.find((/** @type {Axis} */ each) => keyOf(each) === keyOf(axis));
    return same?.choices ?? [];
  };
}

const anyHead = () => [
  el("span", { class: "axis-name" }, "Any other code"),
  el("span", { class: "many" }, "a further stem, a descriptor"),
];

/** @param {Built} built */
function anyCode(built) {
  const last = built.groups.length - 1;
  const more = { axis: ANY, then: `[data-axis="${ANY}"] > summary` };
  const stems = new Finder({
    name: "A further stem, joined by /",
    find: findCodes(),
    pick: (code) => built.setText(withStem(built, code), more),
  });
  const extensions = new Finder({
    name: `An extension code on ${built.groups[last][0].code}, joined by &`,
    find: findCodes({ extensions: true }),
    pick: (code) => built.setText(withValue(built, last, code), more),
  });
  return el("div", { class: "axis-body" }, stems.element, extensions.element);
}

/** @param {Axis} axis */
const keyOf = (axis) => `${axis.group}.${axis.axis}`;

/**
 * @param {Built} built
 * @param {string} code
 */
const withStem = ({ groups }, code) => joined([...codesOf(groups), [code]]);

/**
 * @param {Built} built
 * @param {number} number
 * @param {string} code
 */
const withValue = ({ groups }, number, code) =>
  joined(codesOf(groups).map((group, at) => (at === number ? [...group, code] : group)));
