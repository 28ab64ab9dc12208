// @ts-check
/** Arrow keys between a field and the list that belongs to it. */

const ANSWERS = ".hit, .choice";

/**
 * Let arrow keys lead from a field into a list and through it; enter opens what stands first.
 *
 * The list says in `data-for` which words it answers, and by the event `filled` that it does. So
 * someone who types and presses enter at once gets the answer to what was typed, not to less.
 * @param {HTMLInputElement} field
 * @param {HTMLElement} list its targets are links or buttons
 */
export function leadByArrows(field, list) {
  const targets = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a, button")]);
  field.addEventListener("keydown", (event) => {
    const [first] = targets();
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      openFirst(field, list);
    }
  });
  list.addEventListener("keydown", (event) => {
    const held = targets();
    const at = held.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = placeAfter(event.key, at, held.length);
    if (at >= 0 && to !== null) {
      event.preventDefault();
      (held[to] ?? field).focus();
    }
  });
}

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} list
 */
function openFirst(field, list) {
  const words = field.value.trim();
  const open = () => {
    const isAnswered = list.dataset.for === words;
    if (isAnswered || field.value.trim() !== words) {
      list.removeEventListener("filled", open);
    }
    if (isAnswered) {
      /** @type {HTMLElement | null} */ (list.querySelector(ANSWERS))?.click();
    }
  };
  list.addEventListener("filled", open); // an answer to words typed before may come first
  open();
}

/**
 * Say that a list answers some words.
 * @param {HTMLElement} list
 * @param {string} words
 */
export function sayFilled(list, words) {
  list.dataset.for = words;
  list.dispatchEvent(new Event("filled"));
}

/**
 * Return the place that a key leads to, -1 for the field above, null for no such key.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
function placeAfter(key, at, count) {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, count - 1);
    case "ArrowUp":
      return at - 1;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    case "Escape":
      return -1;
    default:
      return null;
  }
}
