// Code blocks: the lines of PyTorch and Keras, each with a button that copies them; arguments have their slider's colour.

import { filled } from "../../../shared/component/words.js";
import { torchCode } from "./code.js";
import { copyText } from "../../../shared/component/copying.js";
import { kerasCode } from "./kerascode.js";
/** @import { View } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

const CODE_LANGUAGES = [["PyTorch", torchCode], ["Keras", kerasCode]];
const ARGUMENT_ROLES = {
  kernel_size: "kernel",
  pool_size: "kernel",
  stride: "stride",
  strides: "stride",
  padding: "padding",
  output_padding: "output",
  dilation: "dilation",
  dilation_rate: "dilation",
};

/**
 * The blocks inside `host`.
 * @param {HTMLElement} host
 * @returns {{ update: (view: View, words: Words) => void }}
 */
export function createCodeBlocks(host) {
  const blocks = CODE_LANGUAGES.map(([name, write]) => createBlock(host, name, write));
  return { update: (view, words) => blocks.forEach((block) => block.update(view, words)) };
}

function createBlock(host, name, write) {
  const block = document.createElement("section");
  block.className = "code-block";
  const head = `<div class="code-head"><h3>${name}</h3><span role="status"></span><button type="button"></button></div>`;
  block.innerHTML = `${head}<pre><code></code></pre>`;
  host.append(block);
  const [button, code] = [block.querySelector("button"), block.querySelector("code")];
  let words = {};
  button.addEventListener("click", async () => {
    const way = await copyText(code.textContent, block, () => selectAll(code));
    block.querySelector("[role=status]").textContent = words[way];
  });
  return {
    update(view, given) {
      words = given;
      button.textContent = words.copy;
      button.setAttribute("aria-label", filled(words.copyLines, { name }));
      const text = write(view, words);
      if (code.textContent !== text) code.innerHTML = coloredCode(text);
    },
  };
}

function selectAll(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

/** The lines as HTML, an element each: comments quiet, arguments in their colours. */
function coloredCode(text) {
  const lines = text.split("\n").map((line) => `<span class="code-line">${coloredLine(line)}</span>`);
  return lines.join("\n");
}

function coloredLine(line) {
  const safe = line.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
  if (safe.startsWith("#")) return `<span class="quiet">${safe}</span>`;
  const colored = safe.replace(/\b(\w+)=(\([^()]*\)|"\w+"|\d+)/g, (all, name) => {
    const role = ARGUMENT_ROLES[name];
    return role ? `<span class="role-${role}">${all}</span>` : all;
  });
  const sides = /((?:ZeroPadding|Cropping)\dD)\(((?:\([^()]*\)|[^()]|\((?:\([^()]*\)|[^()])*\))*)\)/g;
  return colored.replace(sides, '$1(<span class="role-padding">$2</span>)');
}
