// A network as rows, and the edits the table makes of it. Pure: every edit gives new rows.

/** A new row of `kind`, with an example for each option that must have a value. */
export function fresh(kind) {
  const needed = kind.fields.filter((field) => field.example !== "");
  return { kind: kind.name, name: "", options: Object.fromEntries(needed.map((field) => [field.name, field.example])) };
}

/** `row` as another kind; options that both have stay. */
export function asKind(row, kind) {
  const start = fresh(kind);
  for (const field of kind.fields) {
    if (field.name in row.options) start.options[field.name] = row.options[field.name];
  }
  return start;
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

/** The fields of a row that are shown: those used often, and those that have a value. */
export function shown(kind, row) {
  return kind.fields.filter((field) => !field.seldom || (row.options[field.name] ?? "") !== "");
}
