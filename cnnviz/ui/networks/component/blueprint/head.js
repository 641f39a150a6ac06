// Head of the table, the whole network's: its name, the size of a picture, the number of classes.
//
// Sizes are held back while they are no whole number within their limits, with a sentence: an empty field is somebody
// about to type.
import { element } from "../../../shared/component/elements.js";
import { filled } from "../../../shared/component/words.js";
import { textField } from "./elements.js";

/**
 * Writes the fields of the whole network.
 * @param {HTMLElement} root the table's
 */
export function paintHead(root) {
  const { strings, limits } = root.data;
  const { network } = root;
  const sides = [
    { label: strings.channels, high: limits.channels },
    { label: strings.height, high: limits.side },
    { label: strings.width, high: limits.side },
  ].map(({ label, high }, i) =>
    size(root, label, 1, high, network.input_size[i], (value) => (network.input_size[i] = value)),
  );
  const classes = size(root, strings.classes, 0, limits.classes, network.num_classes, (value) => {
    network.num_classes = value;
    for (const box of root.querySelectorAll(".bp-option > input")) box.fill?.(); // an empty out_features is the classes
  });
  const name = textField({ value: network.name, maxLength: limits.name, className: "bp-title" }, (value) => {
    network.name = value;
    root.send();
  }, root.flush);
  name.title = strings.about_name;
  classes.title = strings.about_classes;
  for (const side of sides) side.title = strings.about_picture;
  root
    .querySelector(".bp-head")
    .replaceChildren(
      group(strings.name, name),
      group(strings.picture, sides[0], "×", sides[1], "×", sides[2]),
      group(strings.classes, classes),
    );
  root.querySelector(".bp-wrong-head").hidden = true;
}

function size(root, label, low, high, value, set) {
  const box = textField({ value, inputMode: "numeric", maxLength: 6, className: "bp-size" }, (text) => {
    const number = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
    const fits = number >= low && number <= high;
    box.setAttribute("aria-invalid", !fits);
    if (fits) set(number);
    refuse(root, fits ? "" : filled(root.data.strings.whole, { parameter: label, low, high }));
    if (fits) root.send();
  }, root.flush);
  box.setAttribute("aria-label", label);
  return box;
}

function refuse(root, sentence) {
  const place = root.querySelector(".bp-wrong-head");
  place.textContent = sentence;
  place.hidden = !sentence;
}

function group(words, ...parts) {
  for (const box of parts) if (box.setAttribute && !box.ariaLabel) box.setAttribute("aria-label", words);
  return element("div", { className: "bp-group" }, [element("span", { textContent: words }), element("div", { className: "bp-line" }, parts)]);
}
