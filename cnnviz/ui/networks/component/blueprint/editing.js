// Blueprint edits: a network as rows, and the edits the table makes of it. Pure: every edit gives new rows, or a new text.
//
// A row is what the file of a network holds, with texts for values: { kind: "conv", name: "conv1", out_channels: "6" }.

/** @typedef {Record<string, any>} Row */
/** @typedef {{ name: string, family: string, is_block: boolean, title: string, fields: Field[] }} Kind of layer */
/** @typedef {{ name: string, example: string, default: any, seldom?: boolean, low?: number, high?: number, choices?: string[] }} Field an option */

/**
 * A new row of `kind`, with an example for each option that must have a value.
 * @param {Kind} kind
 * @returns {Row}
 */
export function fresh(kind) {
  const needed = kind.fields.filter((field) => field.example !== "");
  return { kind: kind.name, ...Object.fromEntries(needed.map((field) => [field.name, field.example])) };
}

/**
 * `row` as another kind; options that both have stay, the name does not: it would say what the row is no longer.
 * @param {Row} row
 * @param {Kind} kind
 * @returns {Row}
 */
export function asKind(row, kind) {
  const start = fresh(kind);
  for (const field of kind.fields) {
    if (field.name !== "name" && field.name in row) start[field.name] = row[field.name];
  }
  return start;
}

/**
 * What a new row most likely is: a convolution while there are maps.
 * @param {Row[]} rows
 * @param {number} at index of the new one
 * @returns {string} a kind's name
 */
export function likely(rows, at) {
  return rows.slice(0, at).some((row) => row.kind === "flatten" || row.kind === "linear") ? "linear" : "conv";
}

/**
 * The rows with `row` before the row `at`.
 * @param {Row[]} rows
 * @param {number} at
 * @param {Row} row
 * @returns {Row[]}
 */
export function inserted(rows, at, row) {
  return [...rows.slice(0, at), row, ...rows.slice(at)];
}

/**
 * The rows without the row `at`.
 * @param {Row[]} rows
 * @param {number} at
 * @returns {Row[]}
 */
export function removed(rows, at) {
  return rows.filter((_, i) => i !== at);
}

/**
 * The row `at` moved by `step` places; the same rows where it cannot be.
 * @param {Row[]} rows
 * @param {number} at
 * @param {number} step
 * @returns {Row[]}
 */
export function moved(rows, at, step) {
  const to = at + step;
  if (to < 0 || to >= rows.length) return rows;
  return inserted(removed(rows, at), to, rows[at]);
}

/**
 * The fields of a row that are shown while it is closed: those used often, and those that have a value.
 * @param {Kind} kind
 * @param {Row} row
 * @returns {Field[]}
 */
export function shown(kind, row) {
  return kind.fields.filter((field) => !field.seldom || (field.name !== "name" && (row[field.name] ?? "") !== ""));
}

/**
 * What an empty field stands for.
 * @param {Field} field
 * @param {Row} row
 * @param {object} network the blueprint
 * @param {string | undefined} name that the server gave the row
 * @returns {string}
 */
export function leftOut(field, row, network, name) {
  if (field.name === "name") return name ?? "";
  if (field.name === "out_features") return String(network.num_classes);
  if (field.name === "stride" && field.default === "") return String(row.kernel_size || 2);
  return String(field.default);
}

/**
 * `text` one step up or down within the field's limits; as it is where it is no whole number.
 * @param {string} text
 * @param {Field} field
 * @param {number} step
 * @returns {string}
 */
export function stepped(text, field, step) {
  if (!/^\d{1,9}$/.test(text)) return text;
  return String(Math.min(field.high, Math.max(field.low, Number(text) + step)));
}
