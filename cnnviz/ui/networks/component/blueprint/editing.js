// A network as rows, and the edits the table makes of it. Pure: every edit gives new rows, or a new text.
//
// A row is what the file of a network holds, with texts for values: { kind: "conv", name: "conv1", out_channels: "6" }.

/** A new row of `kind`, with an example for each option that must have a value. */
export function fresh(kind) {
  const needed = kind.fields.filter((field) => field.example !== "");
  return { kind: kind.name, ...Object.fromEntries(needed.map((field) => [field.name, field.example])) };
}

/** `row` as another kind; options that both have stay, the name does not: it would say what the row is no longer. */
export function asKind(row, kind) {
  const start = fresh(kind);
  for (const field of kind.fields) {
    if (field.name !== "name" && field.name in row) start[field.name] = row[field.name];
  }
  return start;
}

/** What a new row most likely is: a convolution while there are maps. */
export function likely(rows, at) {
  return rows.slice(0, at).some((row) => row.kind === "flatten" || row.kind === "linear") ? "linear" : "conv";
}

export function inserted(rows, at, row) {
  return [...rows.slice(0, at), row, ...rows.slice(at)];
}

export function removed(rows, at) {
  return rows.filter((_, i) => i !== at);
}

/** The row `at` moved by `step` places; the same rows where it cannot be. */
export function moved(rows, at, step) {
  const to = at + step;
  if (to < 0 || to >= rows.length) return rows;
  return inserted(removed(rows, at), to, rows[at]);
}

/** The fields of a row that are shown while it is closed: those used often, and those that have a value. */
export function shown(kind, row) {
  return kind.fields.filter((field) => !field.seldom || (field.name !== "name" && (row[field.name] ?? "") !== ""));
}

/** What an empty field stands for. */
export function leftOut(field, row, network, name) {
  if (field.name === "name") return name ?? "";
  if (field.name === "out_features") return String(network.num_classes);
  if (field.name === "stride" && field.default === "") return String(row.kernel_size || 2);
  return String(field.default);
}

/** `text` one step up or down within the field's limits; as it is where it is no whole number. */
export function stepped(text, field, step) {
  if (!/^\d{1,9}$/.test(text)) return text;
  return String(Math.min(field.high, Math.max(field.low, Number(text) + step)));
}
