// @ts-check
/** What stands on the first page: ways in, and the chapters. */

import { chapters } from "./chapters.js";
import { el, fill } from "./dom.js";
import { link } from "./state.js";

/** @type {[string, string, Record<string, string> & { view: string }][]} */
const WAYS = [
  ["Browse", "the tree, chapter by chapter", { view: "browse" }],
  [
    "Build a cluster",
    "a stem with its side, site, cause …",
    { view: "cluster", c: "NC32.2&XK8G/PA60" },
  ],
  ["Map a code", "from ICD-10-CM to ICD-11, and back", { view: "map", q: "S52.531A" }],
  ["Compare", "two codes or clusters", { view: "compare", a: "NC32.2&XK8G", b: "NC32" }],
];

/** Return the first page. */
export function welcome() {
  const list = el("ul", { class: "chapter-list" });
  chapters()
    .then((all) => fill(list, all.map(chapterLine)))
    .catch(() => undefined); // The list of hits says already that the server is gone.
  return el(
    "div",
    { class: "welcome" },
    el("h2", {}, "ICD-11 at hand"),
    el("p", { class: "lead" }, "Find a code by words, read what it is, and join it with others."),
    el(
      "ul",
      { class: "ways" },
      WAYS.map(([name, what, to]) =>
        el("li", {}, el("a", { href: link(to) }, el("strong", {}, name), el("span", {}, what))),
      ),
    ),
    el("h3", {}, "Chapters"),
    list,
  );
}

/** @param {{ code: string, title: string }} chapter */
function chapterLine({ code, title }) {
  const to = link({ view: "browse", code });
  return el("li", {}, el("a", { href: to }, el("code", {}, code), el("span", {}, title)));
}
