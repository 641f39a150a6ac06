// Network diagram: networks as blocks whose sides are their shapes, one or two in a picture, and bars of where their weights and work are.
// Choosing a layer tells the server; folding and fitting stay in the browser.
import { themedRoot } from "../../../shared/component/theme.js";
import { listen } from "./events.js";
import { legend } from "./legend.js";
import { mark, paint, renew, reveal, viewOf } from "./picture.js";
import { mountStrips } from "./strips.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = themedRoot(parentElement);
  Object.assign(root, { data, send: (name) => setTriggerValue("chosen", name) });
  const text = JSON.stringify([data.networks, data.strings]);
  const isOther = root.drawn !== data.id;
  const isNew = isOther || root.text !== text; // the same network with other options keeps what is open
  if (isOther) open(root);
  else if (isNew) root.views.forEach((view, i) => renew(view, data.networks[i]));
  const isNewChoice = isOther || (data.chosen !== root.received && !isEcho(root, data.chosen));
  if (isNewChoice) {
    root.views[0].chosen = data.chosen;
    reveal(root.views[0]);
  }
  if (isNew || isNewChoice) draw(root);
  Object.assign(root, { text, received: data.chosen });
  listen(root, () => draw(root));
  return () => {
    if (root.isConnected) return; // Streamlit ends a call with the next one's data, too
    clearTimeout(root.timer);
    root.resizing.disconnect();
  };
}

/** Whether the server only repeats what it got from here; of two quick clicks, the answer to the first must not undo the second. */
function isEcho(root, name) {
  const at = root.sent.indexOf(name);
  root.sent = root.sent.slice(at + 1);
  return at >= 0;
}

/** Everything that belongs to the networks of before goes. */
function open(root) {
  const { data } = root;
  Object.assign(root, { drawn: data.id, askedFit: null, said: null, sent: [] });
  const box = root.querySelector(".nw-views");
  box.replaceChildren();
  root.views = data.networks.map((network) => viewOf(network, box, root));
  root.width = root.clientWidth;
  root.resizing?.disconnect();
  root.resizing = new ResizeObserver(() => resized(root));
  root.resizing.observe(box);
}

function draw(root) {
  paint(root);
  legend(root);
  mountStrips(root);
  mark(root);
}

function resized(root) {
  if (root.clientWidth === root.width) return;
  root.width = root.clientWidth;
  draw(root);
}
