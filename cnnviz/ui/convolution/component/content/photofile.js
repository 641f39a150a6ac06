// Photo file, the visitor's own: a button that opens it, and one sentence if it is none.

import { element } from "../../../shared/component/elements.js";
import { filled } from "../../../shared/component/words.js";
import { say } from "./panelparts.js";
/** @import { Explorer } from "../explorer.js" */
/** @import { Words } from "../../../shared/component/words.js" */

/**
 * Inside `host`: the button and its sentence. `onPhoto()` when the library has the photo. Returns { write(words) }.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @param {() => void} onPhoto
 * @returns {{ write: (words: Words) => void }}
 */
export function createPhotoFile(host, explorer, onPhoto) {
  const label = element("label", { className: "content-button" });
  const text = element("span");
  const file = element("input", { type: "file", accept: "image/*" });
  const problem = element("p", { className: "content-error" });
  problem.setAttribute("role", "alert");
  label.append(text, file);
  host.append(label, problem);
  let words = {};
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = ""; // the same file may be chosen again
    if (!chosen) return;
    const wrong = await explorer.library.photos.take(chosen);
    say(problem, wrong ? filled(words[wrong], { name: chosen.name }) : "");
    if (!wrong) onPhoto();
  });
  return {
    write(changed) {
      words = changed;
      say(text, words.own);
      say(problem, problem.textContent);
    },
  };
}
