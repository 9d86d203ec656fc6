/**
 * What the API says is wrong with a request, by field.
 *
 * @typedef {{ path: string, words: string }} Mistake  `path`: `sections.0.rows.3.seats`; empty for the request as a whole.
 */

/**
 * The detail of a VALIDATION problem: `name is too short …; startsAt: comes twice …; The request: a tier is listed twice.`
 *
 * @param {string} detail
 * @returns {Mistake[]}
 */
export function mistakesIn(detail) {
  return detail
    .replace(/\.$/, '')
    .split('; ')
    .map((part) => {
      const [, path = '', words = part] = /^([a-zA-Z]+(?:\.\w+)*):? (.+)$/s.exec(part) ?? [];
      const whole = /^The request:? (.+)$/s.exec(part)?.[1];
      return whole === undefined
        ? { path, words: `${words}.` }
        : { path: '', words: `${capitalized(whole)}.` };
    });
}

/** @param {string} text */
function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
