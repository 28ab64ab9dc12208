// @ts-check
/** The head of the page: views, what answers rest on, tools. */

import { copyButton } from "./copy.js";
import { el, fill, svg } from "./dom.js";
import { offer } from "./filters.js";
import { keysButton } from "./keys.js";
import { installed, inUse } from "./releases.js";
import { schemeButton } from "./scheme-choice.js";
import { change, link } from "./state.js";
import { heldToken, holdToken, watchToken } from "./token.js";
import { languageName, tierName } from "./words.js";

/** @type {[string, string][]} */
const VIEWS = [
  ["search", "Find"],
  ["browse", "Browse"],
  ["cluster", "Cluster"],
  ["map", "Map"],
  ["compare", "Compare"],
];

const KEY = "M1.5 8a3 3 0 1 0 6 0a3 3 0 1 0-6 0M7.5 8h7v3M11.5 8v2.5";

export class Header {
  views = place("views");
  notice = place("notice");
  choice = el("select", {
    "aria-label": "Release and language",
    hidden: true,
    onchange: () => this.take(),
  });
  system = el("span", { class: "system" }, "ICD-11 MMS");
  only = el("span", { class: "edition" });
  tier = el("span", { class: "tier", hidden: true });

  constructor() {
    fill(place("rests"), this.system, this.only, this.choice, this.tier);
    fill(place("tools"), forgetButton(), schemeButton(), keysButton());
  }

  take() {
    const [release, language] = this.choice.value.split(" ");
    change({ release, language });
  }

  /** @param {import("./links.js").State} state */
  async update({ view: open }) {
    fill(
      this.views,
      VIEWS.map(([view, name]) => viewLink(view, name, open)),
    );
    const [{ editions }, used] = await Promise.all([installed(), inUse()]);
    const mms = editions.filter((each) => each.system === "mms").reverse();
    this.choice.hidden = mms.length < 2;
    this.only.hidden = !this.choice.hidden;
    fill(this.only, used.release && nameOf(used));
    const options = mms.map(
      (each) => /** @type {[string, string]} */ ([keyOf(each), nameOf(each)]),
    );
    offer(this.choice, options, keyOf(used));
    fill(this.tier, tierName(used.tier));
    this.tier.hidden = !used.tier;
    this.tier.classList.toggle("is-starter", used.tier === "starter");
    fill(this.notice, used.tier === "starter" && starterNote());
  }
}

/** @typedef {{ release: string, language: string }} Edition */
/** @param {Edition} edition */
const keyOf = ({ release, language }) => `${release} ${language}`;
/** @param {Edition} edition */
const nameOf = ({ release, language }) => `${release} · ${languageName(language)}`;

/**
 * @param {string} view
 * @param {string} name
 * @param {string} open
 */
function viewLink(view, name, open) {
  return el(
    "a",
    { href: link({ view }), "aria-current": view === open ? "page" : undefined },
    name,
  );
}

/** Return a button, shown while a token is in use, that forgets it with all that was answered. */
function forgetButton() {
  const forget = () => {
    holdToken("");
    location.reload();
  };
  const name = "Forget token";
  const button = el(
    "button",
    { type: "button", class: "quiet tool forget", "aria-label": name, title: name, onclick: forget },
    svg("svg", { class: "key", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: KEY })),
    el("span", { class: "tool-word" }, name),
  );
  const update = () => {
    button.hidden = !heldToken();
  };
  watchToken(update);
  update();
  return button;
}

function starterNote() {
  return el(
    "p",
    { class: "starter-note" },
    el("strong", {}, "Starter set: some hundred codes. "),
    "What is not found here may well be in ICD-11. The whole of it comes with ",
    el("code", {}, "icd11kit install"),
    copyButton("icd11kit install"),
  );
}

/** @param {string} id */
function place(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no #${id}`);
  }
  return found;
}
