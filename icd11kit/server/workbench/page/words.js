// @ts-check
/** The page's words for what the server names in short. */

/** @type {Record<string, string>} */
const AXES = {
  hasCausingCondition: "Causing condition",
  hasManifestation: "Manifestation",
  associatedWith: "Associated with",
  hasSeverity: "Severity",
};
/** @type {Record<string, string>} */
const SYSTEMS = { mms: "ICD-11 MMS", icf: "ICF", icd10cm: "ICD-10-CM", foundation: "Foundation" };
/** @type {Record<string, string>} */
const NOTES = {
  includes: "Includes",
  inclusion: "Inclusion terms",
  excludes1: "Excludes 1",
  excludes2: "Excludes 2",
  exclusion: "Exclusions",
  code_first: "Code first",
  code_also: "Code also",
  use_additional: "Use additional code",
  seventh_character: "7th character",
  title_en: "English title",
  synonym: "Synonyms",
  definition: "Definition",
  fully_specified_name: "Fully specified name",
  long_definition: "Long definition",
  diagnostic_criteria: "Diagnostic criteria",
  narrower_term: "Narrower terms",
  note: "Notes",
  child_elsewhere: "Children elsewhere",
};
/** @type {Record<string, string>} */
const TIERS = {
  starter: "starter set",
  index: "code list",
  release: "WHO release",
  api: "WHO API",
};
/** @type {Record<string, string>} */
const AXIS_TIERS = {
  sanctioned: "from WHO’s API",
  profile: "from our axis profile, not WHO’s word",
  overlay: "from an overlay",
};
/** @type {Record<string, string>} */
const MULTIPLE = {
  ALWAYS: "several values",
  NOT_ALLOWED: "one value",
  EXCEPT_SAME_BLOCK: "several, of different blocks",
};
export const STEM_AXES = ["hasCausingCondition", "hasManifestation", "associatedWith"];

/**
 * Return an axis name as people read it.
 * @param {string} name
 */
export function axisName(name) {
  const words = name.replace(/([a-z])([A-Z0-9])/g, "$1 $2").toLowerCase();
  return AXES[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Return a short name as words: child_elsewhere as Child elsewhere.
 * @param {string} name
 */
const asWords = (name) => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;

/** @param {string} system */
export const systemName = (system) => SYSTEMS[system] ?? system;
/** @param {string} kind */
export const noteName = (kind) => NOTES[kind] ?? asWords(kind);
/** @param {string} tier */
export const tierName = (tier) => TIERS[tier] ?? tier;
/** @param {string} tier */
export const axisTier = (tier) => AXIS_TIERS[tier] ?? tier;
/** @param {string} word */
export const multipleName = (word) => MULTIPLE[word] ?? word;

/**
 * Return a language in its own words, such as español, else its short name.
 * @param {string} tag
 */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/**
 * Return a number with its noun: 1 code, 2 codes.
 * @param {number} number
 * @param {string} noun
 * @param {string} [several]
 */
export function counted(number, noun, several = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : several}`;
}
