// @ts-check
/** Questions to the server: its plain JSON, and nothing else. */

import { now } from "./state.js";
import { headersWith, heldToken } from "./token.js";
import { wantToken } from "./token-dialog.js";

const KEPT = 200;
const LONGEST_QUERY = 1500;
/** @type {Map<string, any>} */
const answers = new Map();

/** Why there is no answer: a sentence, nearest codes, and whether the server is gone. */
export class NoAnswer extends Error {
  /**
   * @param {string} message
   * @param {{ status?: number, nearest?: string[], position?: number, isGone?: boolean }} [more]
   */
  constructor(message, { status = 0, nearest = [], position = -1, isGone = false } = {}) {
    super(message);
    this.status = status;
    this.nearest = nearest;
    this.position = position;
    this.isGone = isGone;
    /** What may be searched for instead, "" for nothing. */
    this.search = "";
  }
}

/**
 * Return the address of a question, from the page's own folder.
 * @param {string} operation
 * @param {Record<string, string | number | undefined>} fields
 */
export function address(operation, fields) {
  const query = new URLSearchParams();
  const { release, language } = now();
  for (const [name, value] of Object.entries({ ...fields, release, language })) {
    if (value !== undefined && value !== "") {
      query.set(name, String(value));
    }
  }
  const text = query.toString();
  return `api/v1/${operation}${text ? `?${text}` : ""}`;
}

/**
 * Return the server's answer to a question, of the release and language now shown.
 *
 * Throws NoAnswer, or an AbortError where the signal says that no one waits any more.
 * @param {string} operation
 * @param {Record<string, string | number | undefined>} [fields]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(operation, fields = {}, signal) {
  const at = address(operation, fields);
  const known = answers.get(at);
  if (known !== undefined) {
    return known;
  }
  const answer = await read(await send(at, signal));
  keep(at, answer);
  return answer;
}

/** Forget the answers, so that all is asked anew. */
export function forget() {
  answers.clear();
}

/**
 * Send a question, and again once a token is given that it was refused for.
 * @param {string} at
 * @param {AbortSignal} [signal]
 */
async function send(at, signal) {
  let token = heldToken();
  let response = await sendWith(token, at, signal);
  while (response.status === 401 && (await wantToken(token))) {
    token = heldToken();
    response = await sendWith(token, at, signal);
  }
  return response;
}

/**
 * @param {string} token
 * @param {string} at
 * @param {AbortSignal} [signal]
 */
async function sendWith(token, at, signal) {
  const [path, query = ""] = at.split("?");
  const headers = headersWith(token);
  const isLong = at.length > LONGEST_QUERY;
  try {
    return isLong
      ? await fetch(path, { method: "POST", body: new URLSearchParams(query), headers, signal })
      : await fetch(at, { headers, signal });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new NoAnswer("The server does not answer.", { isGone: true });
  }
}

/** @param {Response} response */
async function read(response) {
  let body;
  try {
    body = await response.json();
  } catch {
    throw new NoAnswer(`The server answered ${response.status} without JSON.`, {
      status: response.status,
    });
  }
  if (!response.ok) {
    const { error, nearest, position } = body;
    const said = String(error ?? `The server answered ${response.status}.`);
    throw new NoAnswer(said, { status: response.status, nearest, position });
  }
  return body;
}

/**
 * @param {string} at
 * @param {any} answer
 */
function keep(at, answer) {
  if (answers.size >= KEPT) {
    answers.delete(answers.keys().next().value ?? "");
  }
  answers.set(at, answer);
}
