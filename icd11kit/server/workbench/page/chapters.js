// @ts-check
/** The chapters of the release shown. */

import { ask } from "./ask.js";

/**
 * Return the chapters, each with code and title.
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ code: string, title: string }[]>}
 */
export async function chapters(signal) {
  const root = await ask("tree", {}, signal);
  return root.branches.map((/** @type {any} */ branch) => branch.entry);
}
