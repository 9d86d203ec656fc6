/**
 * What a browser keeps for a page. It may refuse to, or be full: then nothing is found, and nothing breaks.
 *
 * @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>} Store
 */

/**
 * @param {() => Store} store
 * @param {string} name
 * @returns {any} undefined where there is nothing, or nothing of ours
 */
export function read(store, name) {
  return attempted(() => JSON.parse(store().getItem(name) ?? 'null') ?? undefined, undefined);
}

/**
 * Other tabs hear of each change: what is the same is not written again.
 *
 * @param {() => Store} store
 * @param {string} name
 * @param {object} value
 */
export function write(store, name, value) {
  const text = JSON.stringify(value);
  attempted(() => store().getItem(name) !== text && store().setItem(name, text), undefined);
}

/**
 * @param {() => Store} store
 * @param {string} name
 */
export function remove(store, name) {
  attempted(() => store().removeItem(name), undefined);
}

/**
 * @param {() => Store} store
 * @returns {string[]}
 */
export function names(store) {
  return attempted(() => {
    const kept = store();
    return Array.from({ length: kept.length }, (_, index) => kept.key(index) ?? '');
  }, []);
}

/**
 * @template Result
 * @param {() => Result} action
 * @param {Result} otherwise
 */
function attempted(action, otherwise) {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
