// Run list: filters above, a table that sorts and lets one choose, pages below. Knows nothing of what runs are:
// rows of texts in; which page is wanted, which rows are chosen and which one is to be opened go out.
//
// The server works out the rows. Every message carries the number of the newest wish it has seen, so that an answer to
// an older one does not take back a tick that was set meanwhile.

import { themedRoot } from "../../../shared/component/theme.js";
import { buildFilters, showFilters } from "./filters.js";
import { buildHead, showHead, showRows, showFoot } from "./table.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const PATIENCE = 250; // ms after the last letter

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const root = themedRoot(parentElement);
  const state = (root.table ??= { wish: data.wish, chosen: data.chosen, query: data.query });
  const first = state.data === undefined;
  const words = JSON.stringify(data.words);
  state.data = data;
  state.send = (changes, wait = 0) => {
    Object.assign(state, changes);
    state.wish += 1;
    clearTimeout(state.timer);
    const wanted = { wish: state.wish, query: state.query, chosen: state.chosen };
    state.timer = setTimeout(() => setStateValue("wanted", wanted), wait);
  };
  state.open = (run) => setTriggerValue("opened", run);
  if (data.wish >= state.wish) Object.assign(state, { wish: data.wish, chosen: data.chosen, query: data.query });
  if (first || words !== state.words) {
    buildFilters(root, state, PATIENCE);
    buildHead(root, state);
  }
  state.words = words;
  showFilters(root, state);
  showHead(root, state);
  showRows(root, state);
  showFoot(root, state);
}
