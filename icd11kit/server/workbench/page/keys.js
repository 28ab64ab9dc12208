// @ts-check
/** Keys that work everywhere, and the sheet that lists them. */

import { el } from "./dom.js";
import { remember, remembered } from "./scheme-choice.js";
import { go } from "./state.js";

const SHEET = [
  ["/", "Find: go to the search field"],
  ["?", "Show or hide these keys"],
  ["↓ ↑", "Move through results, from the field and back"],
  ["Enter", "Open the entry, or add the value"],
  ["← →", "In the tree: close or open a branch, or step out and in"],
  ["Home End", "First and last entry of a list or the tree"],
  ["Esc", "From a list back to its field; close this sheet"],
];

/** Return a button for the sheet, and make the keys work. */
export function keysButton() {
  const single = el("input", {
    type: "checkbox",
    checked: remembered("single-keys") !== "off",
    onchange: () => remember("single-keys", single.checked ? "on" : "off"),
  });
  const sheet = makeSheet(single);
  document.body.append(sheet);
  document.addEventListener("keydown", (event) => {
    if (!single.checked || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const open = document.querySelector("dialog[open]");
    if (event.key === "?" && (!open || open === sheet)) {
      event.preventDefault();
      toggle(sheet);
    } else if (event.key === "/" && !open) {
      event.preventDefault();
      toSearch();
    }
  });
  return el(
    "button",
    { type: "button", class: "quiet tool", "aria-label": "Keys", onclick: () => toggle(sheet) },
    el("kbd", { "aria-hidden": "true" }, "?"),
  );
}

/** @param {HTMLInputElement} single */
function makeSheet(single) {
  const sheet = el(
    "dialog",
    { class: "sheet", "aria-labelledby": "keys-head" },
    el("h2", { id: "keys-head" }, "Keys"),
    el(
      "table",
      {},
      el(
        "tbody",
        {},
        SHEET.map(([keys, what]) =>
          el(
            "tr",
            {},
            el(
              "th",
              { scope: "row" },
              keys.split(" ").map((key) => el("kbd", {}, key)),
            ),
            el("td", {}, what),
          ),
        ),
      ),
    ),
    el(
      "p",
      { class: "sheet-foot" },
      el("label", { class: "check" }, single, "Use the single keys / and ?"),
      el("button", { type: "button", class: "button", onclick: () => sheet.close() }, "Close"),
    ),
  );
  return sheet;
}

/** @param {HTMLDialogElement} sheet */
function toggle(sheet) {
  if (sheet.open) {
    sheet.close();
  } else {
    sheet.showModal();
  }
}

/** @param {KeyboardEvent} event */
function isTyping({ target }) {
  const tags = ["INPUT", "TEXTAREA", "SELECT"];
  return (
    target instanceof HTMLElement &&
    tags.includes(target.tagName) &&
    /** @type {HTMLInputElement} */ (target).type !== "checkbox"
  );
}

function toSearch() {
  if (!document.getElementById("search-field")) {
    go({ view: "search" });
  }
  document.getElementById("search-field")?.focus();
}
