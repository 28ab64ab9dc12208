// @ts-check
/** What the page shows now, and the one way to change it: the address. */

import { formatLink, readLink } from "./links.js";

/** @typedef {import("./links.js").State} State */
/** @typedef {Record<string, string | undefined>} Fields */

/** @type {State} */
let current = readLink(location.hash);
/** @type {((state: State, before: State) => void)[]} */
const watchers = [];

/** Return what the page shows now. */
export function now() {
  return current;
}

/**
 * Call a function whenever something else is to be shown.
 * @param {(state: State, before: State) => void} watcher
 */
export function watch(watcher) {
  watchers.push(watcher);
}

/**
 * Return the link to a view; the chosen release and language are kept.
 * @param {Fields & { view: string }} fields
 */
export function link(fields) {
  const { release, language } = current;
  return formatLink({ release, language, ...fields });
}

/**
 * Show a view, as a step that the back button undoes.
 * @param {Fields & { view: string }} fields
 */
export function go(fields) {
  move(link(fields), false);
}

/**
 * Change some fields of what is shown. While someone types, `silently` makes no step of it.
 * @param {Fields} fields
 * @param {{ silently?: boolean }} [how]
 */
export function change(fields, { silently = false } = {}) {
  move(formatLink({ ...current, ...fields, view: current.view }), silently);
}

/**
 * @param {string} address
 * @param {boolean} silently
 */
function move(address, silently) {
  if (address === location.hash) {
    return;
  }
  if (silently) {
    history.replaceState(null, "", address);
  } else {
    history.pushState(null, "", address);
  }
  read();
}

function read() {
  const before = current;
  current = readLink(location.hash);
  for (const watcher of watchers) {
    watcher(current, before);
  }
}

/** Show anew what is shown, as if it had just been opened. */
export function renew() {
  for (const watcher of watchers) {
    watcher(current, { ...current, view: "" });
  }
}

addEventListener("popstate", read);
