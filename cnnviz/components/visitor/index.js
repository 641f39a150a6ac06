// Keeps the number that the server gave this browser, and tells it at the next visit. Nobody else is told.

const KEPT = "cnnviz-visitor";

export default function ({ data: [data], setStateValue }) {
  const id = remembered(browserStorage(), data.given);
  if (id !== data.given) setStateValue("id", id);
}

/** What `storage` has kept; else it keeps `given`. Where nothing can be kept (private windows), `given` is all. */
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
