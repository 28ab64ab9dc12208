// @ts-check
/**
 * Links: what the page shows, written behind the `#` of its address.
 *
 * It stands there and not in the path so that it is never sent to a server: clusters of people
 * stay out of logs.
 *
 * @typedef {Record<string, string> & { view: string }} State
 */

export const VIEWS = ["search", "browse", "entity", "cluster", "map", "compare"];

/**
 * Return the state that a link names; what is no link names the first view.
 * @param {string} hash
 * @returns {State}
 */
export function readLink(hash) {
  const [path, query = ""] = split(hash.replace(/^#\/?/, ""));
  const view = VIEWS.includes(path) ? path : "search";
  return { ...Object.fromEntries(new URLSearchParams(query)), view };
}

/**
 * Return the link of a state; empty fields are left out.
 * @param {Record<string, string | undefined> & { view: string }} state
 */
export function formatLink(state) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (name !== "view" && value) {
      query.set(name, value);
    }
  }
  const text = query.toString();
  return `#/${state.view}${text ? `?${text}` : ""}`;
}

/** @param {string} text */
function split(text) {
  const at = text.indexOf("?");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
