// @ts-check
/** The token of a server that wants one: kept for this tab, and never part of an address. */

const NAME = "token";
const SIGNS = /^[\x21-\x7e]+$/;

/** @type {(() => void)[]} */
const watchers = [];
let held = kept();

/** Return the token in use, "" for none. */
export function heldToken() {
  return held;
}

/**
 * Use a token from now on, until the tab is closed; "" forgets the one in use.
 * @param {string} token
 */
export function holdToken(token) {
  held = token;
  keep(token);
  for (const watcher of watchers) {
    watcher();
  }
}

/**
 * Call a function whenever a token comes into use or goes out of it.
 * @param {() => void} watcher
 */
export function watchToken(watcher) {
  watchers.push(watcher);
}

/**
 * Return the headers that carry a token.
 * @param {string} token "" for none
 * @returns {Record<string, string>}
 */
export function headersWith(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/**
 * Return whether the server takes a token; throws where it does not answer.
 * @param {string} token
 */
export async function isTaken(token) {
  if (!SIGNS.test(token)) {
    return false; // No server has such a token, and no header can hold it.
  }
  const { status } = await fetch("api/v1/releases", { headers: headersWith(token) });
  return status !== 401;
}

function kept() {
  try {
    return sessionStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} token */
function keep(token) {
  try {
    if (token) {
      sessionStorage.setItem(NAME, token);
    } else {
      sessionStorage.removeItem(NAME);
    }
  } catch {
    // Then it holds until the page is left.
  }
}
