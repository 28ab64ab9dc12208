// @ts-check
/** Buttons that copy a text. */

import { announce } from "./announce.js";
import { el, fill } from "./dom.js";

/**
 * Return a button that copies a text and says so.
 * @param {string} text
 * @param {string} [what] said aloud behind the name, in place of the text
 * @param {string} [name] what the button shows
 */
export function copyButton(text, what = text, name = "Copy") {
  const button = el("button", {
    type: "button",
    class: "quiet copy",
    "aria-label": `${name} ${what}`,
    onclick: () => copy(text).then((done) => show(button, done ? "Copied" : "Not copied", name)),
  });
  fill(button, name);
  return button;
}

/**
 * @param {HTMLElement} button
 * @param {string} word
 * @param {string} name
 */
function show(button, word, name) {
  fill(button, word);
  announce(word);
  setTimeout(() => fill(button, name), 1600);
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * Copy where the page is not served from a place that browsers trust with the clipboard.
 * @param {string} text
 */
function copyBySelection(text) {
  const field = el("textarea", { class: "unseen", "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
