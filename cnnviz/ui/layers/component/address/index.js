// Address: the page's link, with what it leaves to each visitor's own defaults said too; copied by a button.
import { copyText } from "../../../shared/component/copying.js";
import { themedRoot } from "../../../shared/component/theme.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/** @param {Mount} mount */
export default function ({ data: [{ explicit, strings }], parentElement }) {
  const root = themedRoot(parentElement);
  const field = root.querySelector("input");
  const done = root.querySelector(".ad-done");
  root.querySelector(".ad-label span").textContent = strings.label;
  const write = () => (field.value = complete(window.location.href, explicit));
  write();
  field.onfocus = () => {
    write(); // the address may have moved on since
    field.select();
  };
  const button = root.querySelector(".ad-copy");
  button.textContent = strings.copy;
  button.onclick = async () => {
    write();
    done.textContent = strings[await copyText(field.value, root, () => field.select())];
  };
}

/**
 * The address with every parameter of `explicit` that it does not have.
 * @param {string} href
 * @param {Record<string, string>} explicit
 * @returns {string}
 */
function complete(href, explicit) {
  const url = new URL(href);
  for (const [name, value] of Object.entries(explicit)) if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  return url.href;
}
