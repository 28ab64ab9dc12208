// @ts-check
/**
 * Elements made from values. Text becomes text nodes and nothing else, so what a title or an
 * error says can never turn into markup.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Child | Child[]} Children
 * @typedef {string | number | boolean | null | undefined} Value
 * @typedef {Record<string, Value | ((event: any) => void)>} Attributes
 */

/**
 * Return an element with attributes, listeners (`onclick` and the like) and children.
 *
 * An attribute that is false, null or undefined is left out, one that is true stands empty.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...nodes(children));
  return made;
}

/**
 * Return an SVG element.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Children} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(made, attributes);
  made.append(...nodes(children));
  return made;
}

/**
 * Put children in the place of all that an element holds.
 * @param {Element} element
 * @param {...Children} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/**
 * Set attributes on an element, or take away those that are false, null or undefined.
 * @param {Element} element
 * @param {Attributes} attributes
 */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value === false || value === null || value === undefined) {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/**
 * Return the nodes that children stand for; false, null, undefined and "" stand for none.
 * @param {Children[]} children
 * @returns {(Node | string)[]}
 */
function nodes(children) {
  /** @type {(Node | string)[]} */
  const made = [];
  for (const child of children.flat()) {
    if (child instanceof Node) {
      made.push(child);
    } else if (child !== null && child !== undefined && child !== false && child !== "") {
      made.push(String(child));
    }
  }
  return made;
}

let count = 0;

/**
 * Return an id that no element has yet.
 * @param {string} name
 */
export function newId(name) {
  count += 1;
  return `${name}-${count}`;
}
