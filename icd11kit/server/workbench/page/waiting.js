// @ts-check
/** What stands where an answer is not there: not yet, none, or not to be had. */

import { forget, NoAnswer } from "./ask.js";
import { codeLink } from "./codes.js";
import { copyButton } from "./copy.js";
import { el, fill } from "./dom.js";
import { link, renew } from "./state.js";
import { askToken } from "./token-dialog.js";

const PATIENCE = 200;

/**
 * Fill a place with what a question brings: a sign of waiting, then the answer or why there is none.
 *
 * @param {HTMLElement} place
 * @param {(signal: AbortSignal) => Promise<import("./dom.js").Children>} work
 * @param {AbortSignal} signal
 */
export async function fillWith(place, work, signal) {
  place.setAttribute("aria-busy", "true");
  const timer = setTimeout(() => fill(place, bones()), PATIENCE);
  try {
    const made = await work(signal);
    if (!signal.aborted) {
      fill(place, made);
    }
  } catch (error) {
    if (!signal.aborted) {
      fill(
        place,
        failure(error, () => fillWith(place, work, signal)),
      );
    }
  } finally {
    clearTimeout(timer);
    if (!signal.aborted) {
      place.removeAttribute("aria-busy");
    }
  }
}

/** Return the outline of an answer that is awaited. */
export function bones() {
  return el(
    "div",
    { class: "bones", role: "status" },
    el("span", { class: "unseen" }, "Waiting for the server"),
    el("i"),
    el("i"),
    el("i"),
  );
}

/**
 * Return what is said where there is nothing to show yet.
 * @param {string} headline
 * @param {...import("./dom.js").Children} rest
 */
export function emptiness(headline, ...rest) {
  return el("div", { class: "emptiness" }, el("p", { class: "emptiness-head" }, headline), ...rest);
}

/**
 * Return why there is no answer, and what can be done: nearest codes, another try.
 * @param {unknown} error
 * @param {() => void} again
 */
export function failure(error, again) {
  if (!(error instanceof NoAnswer)) {
    throw error;
  }
  if (error.status === 401) {
    return tokenNote();
  }
  return error.isGone ? goneNote(again) : refusal(error);
}

/** @param {NoAnswer} error */
function refusal(error) {
  const sentence = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("p", { class: "trouble-head" }, `${sentence.replace(/\.$/, "")}.`),
    error.nearest.length > 0 &&
      el(
        "p",
        { class: "nearest" },
        "Nearest codes: ",
        error.nearest.map((code) => codeLink(code)),
      ),
    error.search &&
      el(
        "p",
        {},
        el("a", { href: link({ view: "search", q: error.search }) }, "Search for it as words"),
      ),
  );
}

function tokenNote() {
  const enter = async () => {
    if (await askToken()) {
      renew();
    }
  };
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("p", { class: "trouble-head" }, "This server wants a token."),
    el("button", { type: "button", class: "button", onclick: enter }, "Enter the token"),
  );
}

/** @param {() => void} again */
function goneNote(again) {
  const retry = () => {
    forget();
    again();
  };
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("p", { class: "trouble-head" }, "The server does not answer."),
    el(
      "p",
      {},
      "It may have been stopped. Start it again with ",
      el("code", {}, "icd11kit serve"),
      copyButton("icd11kit serve"),
    ),
    el("button", { type: "button", class: "button", onclick: retry }, "Try again"),
  );
}
