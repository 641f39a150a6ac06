// Link problems: what a link asked for that cannot be, one sentence, until something else is set. Knows no parameter's meaning.

import { filled, sentencesOf } from "../../shared/component/words.js";
import { RANGES } from "./arithmetic/axis.js";
/** @import { Explorer, Part } from "./explorer.js" */

const MOST = 3; // problems that are named

/**
 * The part `notice`.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createNotice(host, explorer) {
  host.setAttribute("role", "status");
  return {
    update() {
      const words = explorer.words("stage");
      const sentence = ({ parameter, value }) => {
        const [low, high] = RANGES[parameter] ?? [];
        const short = value.length > 20 ? `${value.slice(0, 20)}…` : value;
        return filled(low === undefined ? words.link_wrong : words.link_range, { parameter, value: short, low, high });
      };
      const text = sentencesOf(explorer.problems.slice(0, MOST).map(sentence));
      if (host.textContent !== text) host.textContent = text;
      host.hidden = !text;
    },
  };
}
