// Tabs of the panels under the stage: one at a time, by mouse, finger or arrow keys (WAI-ARIA's tabs).

/** @import { Explorer, Part } from "./explorer.js" */

/**
 * The part `tabs`: its panels are the elements of `host` with data-panel; they are hidden until chosen.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createTabs(host, explorer) {
  const list = host.querySelector("[role=tablist]");
  const panels = [...host.querySelectorAll("[data-panel]")];
  const buttons = panels.map((panel, i) => makeTab(list, panel, i));
  let chosen = null;

  function choose(panel) {
    chosen = panel === chosen ? null : panel; // a second press closes it
    panels.forEach((one, i) => {
      one.hidden = one !== chosen;
      buttons[i].setAttribute("aria-selected", `${one === chosen}`);
      buttons[i].tabIndex = one === (chosen ?? panels[0]) ? 0 : -1;
    });
    explorer.refresh();
  }

  buttons.forEach((button, i) => {
    button.addEventListener("click", () => choose(panels[i]));
    button.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!way) return;
      event.preventDefault();
      const next = (i + way + panels.length) % panels.length;
      if (chosen !== panels[next]) choose(panels[next]);
      buttons[next].focus();
    });
  });

  return {
    update(view) {
      const words = explorer.words("stage");
      list.setAttribute("aria-label", words.tabs);
      buttons.forEach((button, i) => {
        const { panel } = panels[i].dataset;
        button.textContent = words[panel === "photo" && view.flat ? "tab_listen" : `tab_${panel}`];
      });
    },
  };
}

function makeTab(list, panel, index) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", id: `cnn-tab-${index}`, tabIndex: index ? -1 : 0 });
  button.setAttribute("role", "tab");
  button.setAttribute("aria-selected", "false");
  panel.id = `cnn-panel-${index}`;
  button.setAttribute("aria-controls", panel.id);
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", button.id);
  panel.hidden = true;
  list.append(button);
  return button;
}
