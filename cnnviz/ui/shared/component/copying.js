// Clipboard: text goes there, also where the page is no secure context (http in a classroom's network has no clipboard API).

/**
 * Copies `text`; "copied", or "selected" where the visitor has to press Ctrl+C: then `select()` has selected it.
 * @param {string} text
 * @param {HTMLElement} host where a field may stand for a moment
 * @param {() => void} select
 * @returns {Promise<"copied" | "selected">}
 */
export async function copyText(text, host, select) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    if (copiedByCommand(text, host)) return "copied";
    select();
    return "selected";
  }
}

/** The old way: a field inside `host`, selected, and the browser's own copy command. */
function copiedByCommand(text, host) {
  const before = host.getRootNode().activeElement;
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, tabIndex: -1 });
  field.style.cssText = "position:fixed;top:0;left:0;width:1px;height:1px;opacity:0";
  host.append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return isDone;
}
