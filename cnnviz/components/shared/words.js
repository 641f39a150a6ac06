// Sentences come translated from the server, with gaps that are filled in the browser.

/** `sentence` with its `{named}` gaps filled; a gap without a value stays as it is. */
export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);
}
