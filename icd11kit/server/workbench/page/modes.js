// @ts-check
/** How strictly a cluster is judged. */

import { el } from "./dom.js";

/** @type {[string, string, string][]} */
const MODES = [
  ["strict", "Strict", "complete and within the axes, or it is an error"],
  ["standard", "Standard", "what rests on our axis profile is a warning"],
  ["lenient", "Lenient", "only form and unknown codes are errors"],
];

export class ModeChoice {
  /** @type {Map<string, HTMLInputElement>} */
  buttons = new Map();
  hint = el("p", { class: "aside" });

  /** @param {(mode: string) => void} choose called with "" for standard, which is usual */
  constructor(choose) {
    const segments = MODES.map(([mode, name]) => this.segment(mode, name, choose));
    this.element = el(
      "fieldset",
      { class: "modes" },
      el("legend", {}, "Judge"),
      el("div", { class: "segments" }, segments),
      this.hint,
    );
  }

  /**
   * @param {string} mode
   * @param {string} name
   * @param {(mode: string) => void} choose
   */
  segment(mode, name, choose) {
    const onchange = () => choose(mode === "standard" ? "" : mode);
    const button = el("input", { type: "radio", name: "mode", value: mode, onchange });
    this.buttons.set(mode, button);
    return el("label", {}, button, el("span", {}, name));
  }

  /** @param {string} mode */
  update(mode) {
    const chosen = this.buttons.has(mode) ? mode : "standard";
    const button = this.buttons.get(chosen);
    if (button) {
      button.checked = true;
    }
    this.hint.textContent = MODES.find(([name]) => name === chosen)?.[2] ?? "";
  }
}
