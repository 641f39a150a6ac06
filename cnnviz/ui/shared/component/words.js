// Sentences: they come translated from the server, with gaps that are filled in the browser: set as typesetting.py sets them.

/** @typedef {Record<string, any>} Words the sentences of a part by their names, translated; some in groups */

const CHINESE = /[\u4e00-\u9fff]/;
const CHARACTER = /[\u3040-\u30ff\u3400-\u9fff]/; // kana too: a class of KMNIST is one of them
const LATIN = /[A-Za-z0-9%]/;
const STOPS = "。！？；：，、）》"; // full-width, with their space in them
const WIDE = `${STOPS}（《“”…`;

/**
 * `sentence` with its `{named}` gaps filled, a list as its language has lists; a gap without a value stays as it is.
 * @param {string} sentence
 * @param {Record<string, unknown>} values
 * @returns {string}
 */
export function filled(sentence, values) {
  const inChinese = isChinese(sentence);
  const text = (value) => (Array.isArray(value) ? value.join(inChinese ? "、" : ", ") : `${value}`);
  const gap = (piece) => (/^\{\w+\}$/.test(piece) ? text(values[piece.slice(1, -1)] ?? piece) : piece);
  const pieces = sentence.split(/(\{\w+\})/).map(gap);
  return inChinese ? pieces.reduce(beside) : pieces.join("");
}

/**
 * `right` after `left` in a Chinese sentence, with the space between them that belongs there.
 * @param {string} left
 * @param {string} right
 * @returns {string}
 */
function beside(left, right) {
  const [before, after] = [left.trimEnd(), right.trimStart()];
  if (!before || !after) return left + right;
  const [a, b] = [before.at(-1), after[0]];
  if (WIDE.includes(a) || WIDE.includes(b) || (CHARACTER.test(a) && CHARACTER.test(b))) return before + after;
  if ((CHINESE.test(a) && LATIN.test(b)) || (LATIN.test(a) && CHINESE.test(b))) return `${before} ${after}`;
  return left + right;
}

/**
 * "name: text", with the colon of the name's language.
 * @param {string} name
 * @param {string} text
 * @param {boolean} inChinese
 * @returns {string}
 */
export function withColon(name, text, inChinese = isChinese(name)) {
  return inChinese ? `${name}：${text}` : `${name}: ${text}`;
}

/**
 * " (text)" behind something, with the brackets of the text's language.
 * @param {string} text
 * @param {boolean} inChinese
 * @returns {string}
 */
export function aside(text, inChinese = isChinese(text)) {
  return inChinese ? `（${text}）` : ` (${text})`;
}

/**
 * A sentence that stands in an element of its own behind another one.
 * @param {string} sentence
 * @returns {string}
 */
export function behind(sentence) {
  return sentence && !isChinese(sentence) ? ` ${sentence}` : sentence;
}

/**
 * Whether there is Chinese in `text`, so that Chinese punctuation belongs to it.
 * @param {string} text
 * @returns {boolean}
 */
export function isChinese(text) {
  return CHINESE.test(text);
}

/**
 * What is no sentence yet, made one by its language's stop, and then `next`, if there is anything.
 * @param {string} text
 * @param {string} next
 * @param {boolean} inChinese
 * @returns {string}
 */
export function followed(text, next, inChinese = isChinese(next)) {
  return next ? `${text}${inChinese ? "。" : ". "}${next}` : text;
}

/**
 * Sentences of either language one after the other; a full-width stop brings its own space. Empty ones are left out.
 * @param {string[]} sentences
 * @returns {string}
 */
export function sentencesOf(sentences) {
  return sentences.filter(Boolean).reduce((text, next) => {
    const closed = !text || STOPS.includes(text.at(-1)) || text.endsWith("……");
    return closed ? text + next : `${text} ${next}`;
  }, "");
}
