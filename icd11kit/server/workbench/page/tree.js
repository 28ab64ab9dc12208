// @ts-check
/** The tree: branches are asked for when they are opened, keys work as trees' keys do. */

import { ask } from "./ask.js";
import { stepLabel, titleText } from "./codes.js";
import { el, fill, setAttributes } from "./dom.js";
import { bones, failure } from "./waiting.js";

/** @typedef {{ label: string, code: string, title: string, kind: string, id: string }} Step */
/** @typedef {{ entry: Step, branches: Branch[], hidden: number }} Branch */

export class Tree {
  element = el("ul", {
    role: "tree",
    class: "tree",
    "aria-label": "ICD-11 MMS",
    onkeydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event),
    onclick: (/** @type {MouseEvent} */ event) => this.clicked(event),
  });

  /** @param {(label: string) => void} open called with the entry that is chosen */
  constructor(open) {
    this.open = open;
  }

  /** @param {AbortSignal} signal */
  async start(signal) {
    fill(this.element, el("li", { role: "none" }, bones()));
    try {
      const root = await ask("tree", {}, signal);
      fill(
        this.element,
        root.branches.map((/** @type {Branch} */ branch) => item(branch, 1)),
      );
      this.element.querySelector("[role=treeitem]")?.setAttribute("tabindex", "0");
    } catch (error) {
      if (!signal.aborted) {
        const again = () => this.start(signal);
        fill(this.element, el("li", { role: "none" }, failure(error, again)));
      }
    }
  }

  /** @param {HTMLElement} node */
  async expand(node) {
    if (!node.hasAttribute("aria-expanded")) {
      return;
    }
    node.setAttribute("aria-expanded", "true");
    if (node.querySelector("[role=group]")) {
      return;
    }
    node.setAttribute("aria-busy", "true");
    try {
      const { branches } = await ask("tree", { q: node.dataset.label });
      if (!node.querySelector("[role=group]")) {
        node.append(group(branches, Number(node.getAttribute("aria-level")) + 1));
      }
    } catch {
      node.setAttribute("aria-expanded", "false");
    } finally {
      node.removeAttribute("aria-busy");
    }
  }

  /**
   * Open the way to an entry, mark it, and bring it into sight.
   * @param {string} label
   */
  async reveal(label) {
    const way = await ask("tree", { q: label, up: "1" });
    /** @type {HTMLElement | null} */
    let node = null;
    for (let step = way; step; step = step.branches[0]) {
      if (node) {
        await this.expand(node);
      }
      node = this.element.querySelector(`[data-id="${CSS.escape(step.entry.id)}"]`);
      if (!node) {
        return;
      }
    }
    if (node) {
      this.select(node);
    }
  }

  /** @param {HTMLElement} node */
  select(node) {
    for (const each of this.element.querySelectorAll("[aria-selected=true]")) {
      each.setAttribute("aria-selected", "false");
    }
    node.setAttribute("aria-selected", "true");
    this.reach(node);
    node.querySelector(".row")?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Let the tab key lead to one entry alone.
   * @param {HTMLElement} node
   */
  reach(node) {
    for (const each of this.element.querySelectorAll("[role=treeitem][tabindex='0']")) {
      setAttributes(each, { tabindex: -1 });
    }
    node.tabIndex = 0;
  }

  /** @param {HTMLElement | null | undefined} node */
  focus(node) {
    if (node) {
      this.reach(node);
      node.focus();
    }
  }

  /** @param {MouseEvent} event */
  clicked({ target }) {
    const node = target instanceof HTMLElement && itemOf(target);
    if (!node) {
      return;
    }
    const isTwist = target.classList.contains("twist");
    if (node.getAttribute("aria-expanded") === "false") {
      this.expand(node);
    } else if (isTwist) {
      node.setAttribute("aria-expanded", "false");
    }
    this.focus(node);
    if (!isTwist) {
      this.open(node.dataset.label ?? "");
    }
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const move = target.role === "treeitem" && this.moves(target)[key];
    if (move) {
      event.preventDefault();
      move();
    }
  }

  /**
   * Return what each key does at an entry.
   * @param {HTMLElement} node
   * @returns {Record<string, () => void>}
   */
  moves(node) {
    const all = shown(this.element);
    const at = all.indexOf(node);
    const open = () => this.open(node.dataset.label ?? "");
    return {
      ArrowDown: () => this.focus(all[at + 1]),
      ArrowUp: () => this.focus(all[at - 1]),
      Home: () => this.focus(all[0]),
      End: () => this.focus(all.at(-1)),
      ArrowRight: () => this.stepIn(node, all[at + 1]),
      ArrowLeft: () => this.stepOut(node),
      Enter: open,
      " ": open,
    };
  }

  /**
   * @param {HTMLElement} node
   * @param {HTMLElement | undefined} next
   */
  stepIn(node, next) {
    const state = node.getAttribute("aria-expanded");
    if (state === "false") {
      this.expand(node);
    } else if (state === "true") {
      this.focus(next);
    }
  }

  /** @param {HTMLElement} node */
  stepOut(node) {
    if (node.getAttribute("aria-expanded") === "true") {
      node.setAttribute("aria-expanded", "false");
    } else {
      this.focus(node.parentElement && itemOf(node.parentElement));
    }
  }
}

/**
 * @param {Branch[]} branches
 * @param {number} level
 */
const group = (branches, level) =>
  el(
    "ul",
    { role: "group" },
    branches.map((branch) => item(branch, level)),
  );

/**
 * @param {Branch} branch
 * @param {number} level
 */
function item({ entry, branches, hidden }, level) {
  const hasMore = hidden > 0 || branches.length > 0;
  const attributes = {
    role: "treeitem",
    tabindex: -1,
    "aria-level": level,
    "aria-selected": "false",
    "aria-expanded": hasMore ? "false" : undefined,
    "data-id": entry.id,
    "data-label": entry.label,
  };
  const twist = el("span", { class: "twist", "aria-hidden": "true" });
  const label = entry.kind !== "block" && stepLabel(entry);
  return el(
    "li",
    attributes,
    el("span", { class: `row ${entry.kind}` }, twist, label, titleText(entry.title)),
  );
}

/**
 * @param {HTMLElement} element
 * @returns {HTMLElement | null}
 */
const itemOf = (element) => element.closest("[role=treeitem]");

/**
 * Return the entries that can be seen, from above to below.
 * @param {HTMLElement} tree
 * @returns {HTMLElement[]}
 */
const shown = (tree) =>
  /** @type {HTMLElement[]} */ ([...tree.querySelectorAll("[role=treeitem]")]).filter(
    (node) => !node.parentElement?.closest("[aria-expanded=false]"),
  );
