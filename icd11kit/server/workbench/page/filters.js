// @ts-check
/** What narrows a search: classification, chapter, extension codes. */

import { chapters } from "./chapters.js";
import { el, fill } from "./dom.js";
import { installed } from "./releases.js";
import { change } from "./state.js";
import { systemName } from "./words.js";

export class SearchFilters {
  chosen = () => this.take();
  system = el("select", { id: "search-system", onchange: this.chosen });
  chapter = el("select", { id: "search-chapter", onchange: this.chosen });
  extensions = el("input", { type: "checkbox", onchange: this.chosen });
  element = el(
    "div",
    { class: "filters" },
    el("label", { for: "search-system", class: "unseen" }, "Classification"),
    this.system,
    el("label", { for: "search-chapter", class: "unseen" }, "Chapter"),
    this.chapter,
    el("label", { class: "check" }, this.extensions, "Extension codes"),
  );

  take() {
    const isMms = this.system.value === "mms";
    change({
      system: isMms ? "" : this.system.value,
      chapter: isMms ? this.chapter.value : "",
      extensions: isMms && this.extensions.checked ? "1" : "",
      code: "",
    });
  }

  /** @param {import("./links.js").State} state */
  async update({ system = "mms", chapter = "", extensions }) {
    const isMms = system === "mms";
    this.chapter.disabled = this.extensions.disabled = !isMms;
    this.extensions.checked = extensions === "1";
    const [all, { systems }] = await Promise.all([chapters().catch(() => []), installed()]);
    const names = ["mms", ...systems.filter((each) => each !== "mms")];
    offer(
      this.system,
      names.map((name) => [name, systemName(name)]),
      system,
    );
    /** @type {[string, string][]} */
    const offered = all.map(({ code, title }) => [code, `${code} ${title}`]);
    offer(this.chapter, [["", "All chapters"], ...offered], chapter);
  }
}

/**
 * Put options into a choice, unless they stand there.
 * @param {HTMLSelectElement} choice
 * @param {[string, string][]} options
 * @param {string} chosen
 */
export function offer(choice, options, chosen) {
  const key = options.map(([value, text]) => `${value}|${text}`).join("\n");
  if (choice.dataset.offered !== key) {
    choice.dataset.offered = key;
    fill(
      choice,
      options.map(([value, text]) => el("option", { value }, text)),
    );
  }
  choice.value = chosen;
}
