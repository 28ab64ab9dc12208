// @ts-check
/** The field for a cluster's text, and beneath it the same text with what was found marked. */

import { copyButton } from "./copy.js";
import { el, fill } from "./dom.js";
import { link, now } from "./state.js";

/** @typedef {import("./cluster.js").Issue} Issue */

const PAUSE = 220;
const RANK = { information: 1, warning: 2, error: 3 };

export class ClusterField {
  input = el("input", {
    id: "cluster-text",
    type: "text",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    placeholder: "NC32.2&XK8G/PA60",
    oninput: () => this.typed(),
  });
  marked = el("p", { class: "marked", "aria-hidden": "true" });
  tools = el("span", { class: "field-tools" });
  element = el(
    "div",
    { class: "cluster-field" },
    el("label", { for: "cluster-text" }, "Cluster: type it, paste it, or build it below"),
    el("div", { class: "field-line" }, this.input, this.tools),
    this.marked,
  );
  timer = 0;

  /** @param {(text: string) => void} write called with what is typed or pasted */
  constructor(write) {
    this.write = write;
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(this.input.value.trim()), PAUSE);
  }

  /** @param {string} text */
  update(text) {
    if (this.input.value.trim() !== text) {
      clearTimeout(this.timer);
      this.input.value = text;
    }
    const address = `${location.origin}${location.pathname}${link(now())}`;
    fill(
      this.tools,
      text && [
        copyButton(text, "the cluster"),
        copyButton(address, "to this cluster", "Copy link"),
      ],
    );
  }

  /**
   * Mark where findings stand; they say it in words, too.
   * @param {Issue[]} issues
   */
  mark(issues) {
    fill(this.marked, issues.length > 0 && pieces(now().c ?? "", issues));
  }

  /** @param {Issue} issue */
  select({ start, end }) {
    this.input.focus();
    this.input.setSelectionRange(start, Math.max(end, start + 1));
  }
}

/**
 * Return a text cut where findings begin and end, each piece under its gravest finding.
 * @param {string} text
 * @param {Issue[]} issues
 */
function pieces(text, issues) {
  const spans = issues.map((issue) => ({
    issue,
    from: issue.start,
    to: Math.max(issue.end, issue.start + 1),
  }));
  const cuts = new Set([0, text.length, ...spans.flatMap(({ from, to }) => [from, to])]);
  const places = [...cuts].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  return places.slice(0, -1).map((at, number) => {
    const over = spans.filter(({ from, to }) => from <= at && at < to).map(({ issue }) => issue);
    const [worst] = over.sort((a, b) => RANK[b.severity] - RANK[a.severity]);
    const piece = text.slice(at, places[number + 1]);
    return worst
      ? el("mark", { class: worst.severity, title: worst.message }, piece)
      : el("span", {}, piece);
  });
}
