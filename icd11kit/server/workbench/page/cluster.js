// @ts-check
/** The view `cluster`: a cluster as text, explained part by part, and built on its axes. */

import { announce } from "./announce.js";
import { ask } from "./ask.js";
import { openAxes, showAxis } from "./axes.js";
import { ClusterField } from "./cluster-field.js";
import { clusterStart } from "./cluster-start.js";
import { el, fill } from "./dom.js";
import { findingList } from "./findings.js";
import { ModeChoice } from "./modes.js";
import { outcome } from "./outcome.js";
import { partList } from "./parts.js";
import { change } from "./state.js";
import { fillWith } from "./waiting.js";
import { counted } from "./words.js";

/**
 * @typedef {import("./links.js").State} State
 * @typedef {{ code: string, message: string, start: number, end: number, axis: string, tier: string,
 *   repair: string, severity: "error" | "warning" | "information" }} Issue
 * @typedef {{ input: string, valid: boolean, mode: string, canonical: string, display: string,
 *   bindings: any[], issues: Issue[], release: string }} Verdict
 * @typedef {{ code: string, title: string, axis: string }} Said
 * @typedef {(text: string, more?: { axis?: string, then?: string }) => void} SetText `then` is the
 *   selector of what has the focus afterwards
 */

const ASKED_BY = ["c", "mode", "release", "language"];

export class ClusterView {
  field = new ClusterField((c) => change({ c }, { silently: true }));
  modes = new ModeChoice((mode) => change({ mode }));
  findings = el("div", { class: "findings-place" });
  parts = el("div", { class: "parts-place" });
  axes = el("div", { class: "axes-place" });
  outcome = el("div", { class: "outcome-place" });
  element = el(
    "div",
    { class: "cluster" },
    el("h1", { tabindex: -1 }, "Cluster"),
    el("div", { class: "cluster-top" }, this.field.element, this.modes.element),
    this.findings,
    el("div", { class: "cluster-body" }, this.parts, this.outcome, this.axes),
  );
  asking = new AbortController();
  then = "";

  /** @type {SetText} */
  setText = (text, { axis = "", then = "#cluster-text" } = {}) => {
    this.then = then;
    change({ c: text, axis, find: "" });
  };

  /**
   * @param {State} state
   * @param {State} [before]
   */
  update(state, before) {
    const text = state.c ?? "";
    this.field.update(text);
    this.modes.update(state.mode ?? "");
    if (before && !ASKED_BY.some((name) => before[name] !== state[name])) {
      showAxis(this.axes, state.axis ?? "");
      return;
    }
    this.asking.abort();
    this.asking = new AbortController();
    this.element.classList.toggle("is-empty", !text);
    if (text) {
      this.explain(text, state);
    } else {
      this.clear();
    }
  }

  clear() {
    this.field.mark([]);
    fill(this.findings);
    fill(this.axes);
    fill(this.outcome);
    fill(this.parts, clusterStart(this.setText));
    if (this.then) {
      this.then = "";
      this.field.input.focus();
    }
  }

  /**
   * @param {string} text
   * @param {State} state
   */
  explain(text, { mode = "", axis = "", find = "" }) {
    const { signal } = this.asking;
    const verdict = ask("validate", { cluster: text, mode }, signal);
    const read = groupsOf(text, verdict, signal);
    read.catch(() => undefined); // Each place that waits for it says why there is none.
    const judged = async () => this.judged(await verdict);
    const parted = async () => partList(await read, await verdict, this.setText);
    const added = async () => this.added({ text, groups: await read, axis, find }, signal);
    const closed = async () => this.closed(text, await verdict, signal);
    this.put(this.findings, judged);
    this.put(this.parts, parted);
    this.put(this.axes, added);
    this.put(this.outcome, closed);
  }

  /**
   * Fill a place, and give the focus to what it is meant for once it is there.
   * @param {HTMLElement} place
   * @param {() => Promise<import("./dom.js").Children>} work
   */
  async put(place, work) {
    const { signal } = this.asking;
    await fillWith(place, work, signal);
    const wanted =
      this.then && (this.element.querySelector(this.then) ?? place.querySelector("h2[tabindex]"));
    if (wanted instanceof HTMLElement && !signal.aborted && isFresh(place, wanted)) {
      this.then = "";
      wanted.focus();
    }
  }

  /** @param {Verdict} verdict */
  judged(verdict) {
    this.field.mark(verdict.issues);
    const found = counted(verdict.issues.length, "finding");
    announce(`${verdict.valid ? "Valid" : "Not valid"}, ${found}`);
    return findingList(verdict, {
      repair: this.setText,
      point: (issue) => this.field.select(issue),
    });
  }

  /**
   * @param {string} text
   * @param {Verdict} verdict
   * @param {AbortSignal} signal
   */
  async closed(text, verdict, signal) {
    const normal = isMalformed(verdict) ? null : await ask("normalize", { cluster: text }, signal);
    return outcome(verdict, normal);
  }

  /**
   * @param {{ text: string, groups: Said[][], axis: string, find: string }} read
   * @param {AbortSignal} signal
   */
  async added({ text, groups, axis, find }, signal) {
    if (groups.length === 0) {
      return null;
    }
    const { axes } = await ask("suggest", { cluster: text }, signal);
    return openAxes({ text, axes, groups, open: axis, find, setText: this.setText });
  }
}

/**
 * Return whether an element stands in the place just filled, or in none that is filled.
 * @param {HTMLElement} place
 * @param {HTMLElement} wanted
 */
const isFresh = (place, wanted) => place.contains(wanted) || wanted.id === "cluster-text";

/** @param {Verdict} verdict */
const isMalformed = ({ issues }) => issues.some(({ code }) => code === "malformed");

/**
 * Return the parts of a cluster in words, none where the text has no form of one.
 * @param {string} text
 * @param {Promise<Verdict>} verdict
 * @param {AbortSignal} signal
 * @returns {Promise<Said[][]>}
 */
async function groupsOf(text, verdict, signal) {
  return isMalformed(await verdict)
    ? []
    : (await ask("describe", { cluster: text }, signal)).groups;
}
