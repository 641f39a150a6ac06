// Newest data: Streamlit calls a component once for each of its data, each call behind an import of the module. While
// that is still being loaded Chromium keeps no order: of two calls close together the older may come last, and stay.
// And of two such calls it ends the first at once, though both are for the same place, where somebody may be drawing:
// a component ends when its place has left the page.
/** @import { Mount } from "./theme.js" */

const LONG = 60_000; // ms: whose clock is further behind is a server that was started anew
const made = new WeakMap(); // place on the page -> when the data drawn there were made, ms

/**
 * `component`, called for data that are no older than those it has drawn.
 * @param {(mount: Mount) => unknown} component
 * @returns {(mount: Mount) => unknown}
 */
export function forNewest(component) {
  return (mount) => {
    const now = mount.data[1];
    const before = made.get(mount.parentElement) ?? now;
    if (now < before && before - now < LONG) return undefined;
    made.set(mount.parentElement, now);
    const end = component(mount);
    return typeof end === "function" ? () => endIfGone(mount.parentElement, end) : end;
  };
}

/** Once what is being removed has been. */
function endIfGone(place, end) {
  setTimeout(() => place.isConnected || end());
}
