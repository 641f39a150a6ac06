// Training log, line by line: follows the newest line while one is at the end, and can be copied.

import { copyText } from "../../../shared/component/copying.js";
import { element } from "../../../shared/component/elements.js";
import { themedRoot } from "../../../shared/component/theme.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

const AT_END = 12; // pixels
const QUIET = 5000; // ms between two lines read out: a screen reader must not fall behind

/** @param {Mount} mount */
export default function ({ data: [log], parentElement }) {
  const root = themedRoot(parentElement);
  root.log = log;
  const button = root.querySelector(".lo-copy");
  button.textContent = log.words.copy;
  button.onclick = () => copyAll(root);
  root.querySelector(".lo-lines").setAttribute("aria-label", log.words.name);
  write(root, log.lines);
  announce(root, log.lines.findLast(([kind]) => kind !== "batch"));
}

/** Lines that are there stay: what somebody has marked stays marked. */
function write(root, lines) {
  const box = root.querySelector(".lo-lines");
  const isAtEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - AT_END;
  const there = [...box.children];
  let same = 0;
  while (same < there.length && same < lines.length && there[same].textContent === lines[same][1]) same += 1;
  for (const gone of there.slice(same)) gone.remove();
  box.append(...lines.slice(same).map(([kind, text]) => element("div", { className: `lo-${kind}`, textContent: text })));
  if (isAtEnd) box.scrollTop = box.scrollHeight;
}

function announce(root, line) {
  const news = root.querySelector(".lo-news");
  if (!line || line[1] === news.textContent || performance.now() - (root.lastSpoken ?? -QUIET) < QUIET) return;
  root.lastSpoken = performance.now();
  news.textContent = line[1];
}

async function copyAll(root) {
  const { lines, words } = root.log;
  const select = () => getSelection().selectAllChildren(root.querySelector(".lo-lines"));
  const outcome = await copyText(lines.map(([, text]) => text).join("\n"), root, select);
  const status = root.querySelector(".lo-told");
  status.textContent = words[outcome];
  setTimeout(() => (status.textContent = ""), 4000);
}
