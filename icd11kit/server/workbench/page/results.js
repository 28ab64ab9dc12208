// @ts-check
/** Entries found by words, as one reads them in a list. */

import { stepLabel, titleText } from "./codes.js";
import { el } from "./dom.js";
import { systemName } from "./words.js";

/**
 * @typedef {{ code: string, title: string, matched: string, kind: string, chapter: string }} Hit
 * @typedef {{ query: string, system: string, chapters: Map<string, string> }} Found
 */

/**
 * Return what a hit's line shows: code, title, by which term it was found, chapter.
 * @param {Hit} hit
 * @param {Found} found
 */
export function hitLine(hit, found) {
  const { title, matched } = hit;
  const by = el(
    "span",
    { class: "hit-by" },
    "found by ",
    el("q", {}, withMarks(matched, found.query)),
  );
  return [
    stepLabel(hit),
    el(
      "span",
      { class: "hit-words" },
      el("span", { class: "hit-title" }, withMarks(title, found.query)),
      matched !== title && by,
      el("span", { class: "hit-chapter" }, whereOf(hit, found)),
    ),
  ];
}

/**
 * @param {Hit} hit
 * @param {Found} found
 */
function whereOf({ kind, chapter }, { system, chapters }) {
  const place = system === "mms" ? chapters.get(chapter) : systemName(system);
  const name = [chapter && `Chapter ${chapter}`, place].filter(Boolean).join(": ");
  return kind === "category" ? name : `${kind} · ${name}`;
}

/**
 * Return a text with the beginnings of words that were asked for marked.
 * @param {string} text
 * @param {string} query
 */
function withMarks(text, query) {
  const wanted = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}.]+/u)
    .filter((word) => word.length > 1);
  const marked = (/** @type {string} */ piece) => {
    const start = wanted.find((word) => piece.toLowerCase().startsWith(word));
    return start
      ? [el("mark", {}, piece.slice(0, start.length)), piece.slice(start.length)]
      : [piece];
  };
  return titleText(text.split(/([\p{L}\p{N}.]+)/u).flatMap(marked));
}
