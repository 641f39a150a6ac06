// Streamlit's own words (placeholders, the uploader, the menu, what screen readers hear) in the visitor's language.
// They are changed where they stand, so that React, the keyboard and screen readers find everything as it was.

import { filled } from "../words.js";
/** @import { Mount } from "../theme.js" */

const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt"];
const OURS = "pre, code, textarea, .stHtml, [role=option], [data-testid=stMarkdownContainer]"; // or the visitors'
const STREAMLITS = "[data-testid=stFileUploader], [data-testid=stMainMenuList]"; // though it is in such a container

/**
 * @param {Mount} mount
 * @returns {() => void} takes it back
 */
export default function ({ data: [{ language, words }], parentElement }) {
  parentElement.stopWords?.();
  parentElement.stopWords = speak(document, language, words);
  return () => parentElement.stopWords();
}

/**
 * From now on `page` is in `language`: [English, translated] pairs of `words`. Returns what takes it back.
 * @param {Document} page
 * @param {string} language
 * @param {[string, string][]} words
 * @returns {() => void}
 */
function speak(page, language, words) {
  const before = page.documentElement.lang;
  const there = translator(words);
  const observer = new MutationObserver((records) => records.forEach((record) => renew(record, there)));
  page.documentElement.lang = language;
  renewAll(page.body, there);
  observer.observe(page.body, { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES });
  return () => {
    observer.disconnect();
    page.documentElement.lang = before;
    renewAll(page.body, translator(words.map(([english, translated]) => [translated, english])));
  };
}

/**
 * A function from a text to the other one of its pair; undefined for a text that is in none.
 * @param {[string, string][]} pairs
 * @returns {(text: string) => string | undefined}
 */
export function translator(pairs) {
  const plain = new Map(pairs);
  /** @type {[RegExp, string][]} */
  const patterns = pairs.filter(([from]) => from.includes("{")).map(([from, to]) => [patternOf(from), to]);
  return (text) => {
    if (plain.has(text)) return plain.get(text);
    for (const [pattern, to] of patterns) {
      const found = pattern.exec(text);
      if (found) return filled(to, found.groups);
    }
    return undefined;
  };
}

/** "Help for {name}" as a regular expression with named groups. */
function patternOf(sentence) {
  const literal = sentence.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`);
}

function renew({ type, target, addedNodes, attributeName }, translated) {
  if (type === "characterData") renewText(target, translated);
  else if (type === "attributes") renewAttribute(target, attributeName, translated);
  else addedNodes.forEach((node) => renewAll(node, translated));
}

function renewAll(node, translated) {
  if (node.nodeType === Node.TEXT_NODE) return renewText(node, translated);
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const walker = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let each = node; each; each = walker.nextNode()) {
    if (each.nodeType === Node.TEXT_NODE) renewText(each, translated);
    else for (const name of ATTRIBUTES) renewAttribute(each, name, translated);
  }
}

function renewText(node, translated) {
  const text = translated(node.data);
  if (text !== undefined && text !== node.data && isStreamlits(node.parentElement)) node.data = text;
}

function renewAttribute(element, name, translated) {
  const before = element.getAttribute(name);
  const text = before ? translated(before) : undefined;
  if (text !== undefined && text !== before) element.setAttribute(name, text);
}

function isStreamlits(element) {
  return Boolean(element) && (!element.closest(OURS) || Boolean(element.closest(STREAMLITS)));
}
