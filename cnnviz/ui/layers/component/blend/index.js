// Blend: maps laid over a picture, as strongly as the slider says, each with the bare map and its colour scale beside it.
import { themedRoot } from "../../../shared/component/theme.js";
import { element } from "../../../shared/component/elements.js";
/** @import { Mount } from "../../../shared/component/theme.js" */

/** @param {Mount} mount */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  root.querySelector(".bl-panels").replaceChildren(...data.panels.map((panel) => panelOf(panel, data)));
  const slider = root.querySelector("input");
  const isHeld = root.dataset.strength !== undefined; // what is under the finger counts more than what the server knows
  if (!isHeld) slider.value = `${data.strength}`;
  root.querySelector(".bl-strength span").textContent = data.strings.strength;
  const show = () => {
    root.dataset.strength = slider.value;
    root.style.setProperty("--bl-strength", `${Number(slider.value) / 100}`);
    root.querySelector("output").textContent = `${slider.value}%`;
  };
  slider.oninput = show;
  slider.onchange = () => setStateValue("strength", Number(slider.value));
  show();
}

/** A network: its name, the picture with the map over it, the map alone with its scale. */
function panelOf({ title, over, map, legend, alts }, { picture, pixelated }) {
  const image = (src, alt, className = "") => element("img", { src, alt, className });
  const blended = element("div", { className: "bl-blended", attributes: { role: "img", "aria-label": alts[0] } }, [
    image(picture, ""),
    image(over, "", "bl-over"),
  ]);
  const bar = element("div", { className: "bl-bar" });
  bar.style.backgroundImage = `linear-gradient(90deg, ${legend.stops.join(", ")})`;
  const ends = element("div", { className: "bl-ends" }, legend.numbers.map((text) => element("span", { textContent: text })));
  const bare = element("div", { className: "bl-bare" }, [image(map, alts[1])]);
  const pictures = element("div", { className: `bl-pictures${pixelated ? " bl-pixels" : ""}` }, [blended, bare, legendOf(legend, bar, ends)]);
  return element("section", { className: "bl-panel" }, [element("p", { className: "bl-title", textContent: title }), pictures]);
}

/** The scale lies under the map; what its ends mean lies under the picture. */
function legendOf({ words }, bar, ends) {
  const said = element("span", { className: "bl-words", textContent: words });
  return element("div", { className: "bl-legend" }, [said, element("div", {}, [bar, ends])]);
}
