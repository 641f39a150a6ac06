// Visitor number: keeps the one that the server gave this browser, and reports which one that is. To nobody else.

/** @import { Mount } from "../theme.js" */

const KEPT = "cnnviz-visitor"; // the cookie as in cnnviz/ui/shared/visitor.py
const SECONDS = 400 * 24 * 3600; // as long as a browser keeps a cookie

/** @param {Mount} mount */
export default function ({ data: [data], setStateValue }) {
  const id = remembered(browserStorage(), data.given);
  document.cookie = `${KEPT}=${id}; Path=/; Max-Age=${SECONDS}; SameSite=Lax`; // sent at the next visit
  setStateValue("id", id);
}

/**
 * What `storage` has kept; else it keeps `given`. Where nothing can be kept (private windows), `given` is all.
 * @param {Storage | null} storage
 * @param {string} given 32 hexadecimal digits
 * @returns {string} the same
 */
export function remembered(storage, given) {
  try {
    const kept = storage?.getItem(KEPT) ?? "";
    if (/^[0-9a-f]{32}$/.test(kept)) return kept;
    storage?.setItem(KEPT, given);
  } catch {
    // full, or not allowed
  }
  return given;
}

function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
