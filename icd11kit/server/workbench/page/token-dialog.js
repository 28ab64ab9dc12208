// @ts-check
/** The dialog that asks for the server's token, once for all questions that wait for it. */

import { el, fill } from "./dom.js";
import { heldToken, holdToken, isTaken } from "./token.js";

const NONE = "Type the token.";
const WRONG = "The server does not take this token.";
const OUTDATED = "The server no longer takes the token that was used.";
const GONE = "The server does not answer.";

/** @type {Promise<boolean> | null} */
let asking = null;
let isDeclined = false;

/**
 * Return whether a question that was refused may be asked again, with the token then in use.
 *
 * Who closes the dialog is not asked again by questions, only by `askToken`.
 * @param {string} sent the token that the question bore, "" for none
 */
export async function wantToken(sent) {
  if (heldToken() && heldToken() !== sent) {
    return true;
  }
  return !isDeclined && askToken(heldToken() ? OUTDATED : "");
}

/**
 * Ask for the token; return whether one was given that the server takes.
 * @param {string} [reason] what was wrong with the token before
 */
export function askToken(reason = "") {
  asking ??= new Promise((resolve) => new TokenDialog(reason, resolve)).then((isGiven) => {
    asking = null;
    isDeclined = !isGiven;
    return isGiven;
  });
  return asking;
}

class TokenDialog {
  isChecking = false;
  field = el("input", {
    type: "password",
    id: "token-field",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "token-why token-wrong",
  });
  wrong = el("p", { id: "token-wrong", class: "token-wrong", role: "alert" });
  element = el(
    "dialog",
    { class: "sheet token", "aria-labelledby": "token-head", onclose: () => this.end(false) },
    el(
      "form",
      { novalidate: true, onsubmit: (event) => this.check(event) },
      el("h2", { id: "token-head" }, "This server wants a token"),
      el(
        "p",
        { id: "token-why", class: "token-why" },
        "Whoever runs the server can tell you its token, which only this tab keeps, until it is closed.",
      ),
      el("label", { for: "token-field" }, "Token"),
      this.field,
      this.wrong,
      el(
        "p",
        { class: "sheet-foot" },
        el(
          "button",
          { type: "button", class: "button plain", onclick: () => this.end(false) },
          "Not now",
        ),
        el("button", { type: "submit", class: "button" }, "Use this token"),
      ),
    ),
  );

  /**
   * @param {string} reason
   * @param {(isGiven: boolean) => void} answer
   */
  constructor(reason, answer) {
    this.answer = answer;
    holdToken("");
    document.body.append(this.element);
    this.element.showModal();
    this.field.focus();
    fill(this.wrong, reason);
  }

  /** @param {Event} event */
  async check(event) {
    event.preventDefault();
    if (this.isChecking) {
      return;
    }
    this.isChecking = true;
    const token = this.field.value.trim();
    const reason = token ? await against(token) : NONE;
    this.isChecking = false;
    if (!this.element.open) {
      return; // Closed while the server was asked: that says no.
    }
    if (reason) {
      this.say(reason);
    } else {
      holdToken(token);
      this.end(true);
    }
  }

  /** @param {string} reason */
  say(reason) {
    fill(this.wrong, reason);
    this.field.setAttribute("aria-invalid", "true");
    this.field.focus();
    this.field.select();
  }

  /**
   * Close the dialog and answer at once: the event that says it is closed comes only later.
   * @param {boolean} isGiven
   */
  end(isGiven) {
    this.answer(isGiven);
    this.element.close();
    this.element.remove();
  }
}

/**
 * Return what speaks against a token, "" for nothing.
 * @param {string} token
 */
async function against(token) {
  try {
    return (await isTaken(token)) ? "" : WRONG;
  } catch {
    return GONE;
  }
}
