// Explorer command: passes a word of the server's on to the convolution explorer: data is { id, link, says }. So the explorer's own, large
// data need not be sent again. The same id again, in another language, changes only what is said.

/** @import { Mount } from "../theme.js" */

const LAST = "cnnviz-convolution-command"; // in the tab's session storage: this is mounted again after a page switch

/** @param {Mount} mount */
export default function ({ data: [{ id, link, says }], parentElement }) {
  const isNew = sessionStorage.getItem(LAST) !== id;
  if (!isNew && parentElement.passedOn !== id) return;
  sessionStorage.setItem(LAST, (parentElement.passedOn = id));
  window.dispatchEvent(new CustomEvent("cnn-convolution-command", { detail: { link: isNew ? link : null, says } }));
}
