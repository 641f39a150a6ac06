// Address of the network, written in place, so that the browser's Back leaves the page and is no undo.

const PAUSE = 700; // ms of rest before the server is sent that the address is in step

/**
 * The address holds `link` under `name` ("" takes it out); `notify` says so where the server believes otherwise.
 * @param {HTMLElement} root the table's
 * @param {{ name: string, link: string, held: string }} address `held`: what the server believes
 * @param {(link: string) => void} notify
 */
export function writeAddress(root, { name, link, held }, notify) {
  const address = new URL(location.href);
  if ((address.searchParams.get(name) ?? "") !== link) {
    if (link) address.searchParams.set(name, link);
    else address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
  }
  clearTimeout(root.addressTimer);
  if (held !== link && root.lastSent !== link) {
    root.addressTimer = setTimeout(() => notify((root.lastSent = link)), PAUSE);
  }
}
