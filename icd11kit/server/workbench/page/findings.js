// @ts-check
/** The verdict on a cluster and its findings, each with the repair that one click makes. */

import { el } from "./dom.js";
import { axisName, counted } from "./words.js";

/**
 * @typedef {import("./cluster.js").Issue} Issue
 * @typedef {{ repair: import("./cluster.js").SetText, point: (issue: Issue) => void }} Acts
 */

const SIGNS = { error: "✕", warning: "!", information: "i" };

/**
 * Return a verdict with its findings.
 * @param {import("./cluster.js").Verdict} verdict
 * @param {Acts} acts
 */
export function findingList(verdict, acts) {
  return [
    headline(verdict),
    verdict.issues.length > 0 &&
      el(
        "ul",
        { class: "findings" },
        verdict.issues.map((issue) => finding(issue, verdict.input, acts)),
      ),
  ];
}

/** @param {import("./cluster.js").Verdict} verdict */
function headline({ valid, mode, issues, release }) {
  const grave = issues.filter((issue) => issue.severity === "error").length;
  const all = issues.length === 0 ? "nothing to remark" : counted(issues.length, "finding");
  const found = grave > 0 ? `${counted(grave, "error")} in ${all}` : all;
  return el(
    "p",
    { class: `verdict ${valid ? "is-valid" : "is-invalid"}`, tabindex: -1 },
    el("strong", {}, valid ? "Valid" : "Not valid"),
    el("span", {}, `${found} · ${mode} · MMS ${release}`),
  );
}

/**
 * @param {Issue} issue
 * @param {string} text
 * @param {Acts} acts
 */
function finding(issue, text, { repair, point }) {
  const { severity, message } = issue;
  return el(
    "li",
    { class: `finding ${severity}` },
    el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[severity]),
    el(
      "div",
      {},
      el("p", {}, el("strong", {}, `${severity}: `), message),
      facts(issue, text, point),
    ),
    issue.repair && repairButton(issue.repair, repair),
  );
}

/**
 * @param {Issue} issue
 * @param {string} text
 * @param {(issue: Issue) => void} point
 */
function facts(issue, text, point) {
  const { start, end, code, axis, tier } = issue;
  const excerpt = text.slice(start, Math.max(end, start + 1));
  const attributes = { type: "button", class: "quiet", onclick: () => point(issue) };
  const place = ["at ", el("code", {}, excerpt), `, character ${start + 1}`];
  return el(
    "p",
    { class: "finding-facts" },
    excerpt && el("button", attributes, place, el("span", { class: "unseen" }, ": select it")),
    el("span", {}, code),
    axis && el("span", {}, `${axisName(axis)}${tier && `, ${tier}`}`),
  );
}

/**
 * @param {string} text
 * @param {import("./cluster.js").SetText} repair
 */
function repairButton(text, repair) {
  const onclick = () => repair(text, { then: ".verdict" });
  return el(
    "button",
    { type: "button", class: "button repair", onclick },
    "Repair: ",
    el("code", {}, text),
  );
}
