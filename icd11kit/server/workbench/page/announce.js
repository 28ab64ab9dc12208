// @ts-check
/** What is said aloud to those who do not see that something has changed. */

let timer = 0;

/**
 * Say a sentence once things have settled, so that typing is not talked over.
 * @param {string} sentence
 */
export function announce(sentence) {
  const place = document.getElementById("said");
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (place) {
      place.textContent = place.textContent === sentence ? `${sentence}\u00a0` : sentence;
    }
  }, 150);
}
