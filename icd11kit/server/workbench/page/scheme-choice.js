// @ts-check
/** Light or dark: the system's choice unless one is made here. */

import { announce } from "./announce.js";
import { el, fill } from "./dom.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const WORDS = { auto: "Auto", light: "Light", dark: "Dark" };

/** @typedef {"auto" | "light" | "dark"} Scheme */

/** Return a button that goes from the system's scheme to light, to dark, and back. */
export function schemeButton() {
  const button = el("button", { type: "button", class: "quiet tool", onclick: turn });
  say(chosen());

  function turn() {
    const scheme = /** @type {Scheme} */ (NEXT[chosen()]);
    choose(scheme);
    say(scheme);
    announce(`Colours: ${WORDS[scheme]}`);
  }

  /** @param {Scheme} scheme */
  function say(scheme) {
    const icon = el("span", { class: `icon is-${scheme}`, "aria-hidden": "true" });
    fill(button, icon, el("span", { class: "tool-word" }, WORDS[scheme]));
    button.setAttribute("aria-label", `Colours: ${WORDS[scheme]}. Change`);
  }

  return button;
}

/** @returns {Scheme} */
function chosen() {
  const { scheme } = document.documentElement.dataset;
  return scheme === "light" || scheme === "dark" ? scheme : "auto";
}

/** @param {Scheme} scheme */
function choose(scheme) {
  if (scheme === "auto") {
    delete document.documentElement.dataset.scheme;
  } else {
    document.documentElement.dataset.scheme = scheme;
  }
  remember("scheme", scheme);
}

/**
 * Keep a choice where the browser allows it.
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Then it holds until the page is left.
  }
}

/**
 * Return a choice that was kept, "" for none.
 * @param {string} name
 */
export function remembered(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}
