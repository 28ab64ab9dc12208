// @ts-check
/** Which editions the server has, and which of them answers. */

import { ask } from "./ask.js";
import { now } from "./state.js";

/**
 * @typedef {{ system: string, release: string, language: string, tier: string, entries: number,
 *   problem: string }} Edition
 * @typedef {{ release: string, language: string, tier: string, version: string,
 *   editions: Edition[], systems: string[] }} Held
 */

/** @type {Promise<Held> | null} */
let asked = null;

/** Return what is installed; where the server does not answer, nothing. */
export function installed() {
  asked ??= read().catch(() => {
    asked = null;
    return {
      release: "",
      language: "en",
      tier: "",
      version: "",
      editions: [],
      systems: ["mms", "icd10cm"],
    };
  });
  return asked;
}

/** @returns {Promise<Held>} */
async function read() {
  const { release, language, tier, version, releases } = await ask("releases");
  const editions = releases.filter((/** @type {Edition} */ each) => !each.problem);
  const names = editions.map((/** @type {Edition} */ each) => each.system);
  const systems = [...new Set([...names, "icd10cm"])].sort();
  return { release, language, tier, version, editions, systems };
}

/** Return release, language and tier of what is shown now. */
export async function inUse() {
  const held = await installed();
  const release = now().release || held.release;
  const language = now().language || held.language;
  const edition = held.editions.find(
    (each) => each.system === "mms" && each.release === release && each.language === language,
  );
  return { release, language, tier: edition?.tier ?? held.tier };
}
