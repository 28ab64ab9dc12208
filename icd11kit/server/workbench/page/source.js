// @ts-check
/** Where an answer stands as JSON. */

import { address } from "./ask.js";
import { el } from "./dom.js";
import { heldToken } from "./token.js";

/**
 * Return the line that leads to an answer as JSON; a link cannot bear a token, so with one in use
 * it is none.
 * @param {string} operation
 * @param {Record<string, string | number | undefined>} fields
 */
export function jsonSource(operation, fields) {
  const at = address(operation, fields);
  return el(
    "p",
    { class: "source" },
    heldToken()
      ? ["As JSON, for programs that send the token: ", el("code", {}, at)]
      : ["As JSON: ", el("a", { href: at }, at)],
  );
}
