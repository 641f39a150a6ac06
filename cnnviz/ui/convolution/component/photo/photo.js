// Photo panel: "On a photo" under the stage; for a signal "Listen". Hidden it costs nothing.

import { element } from "../../../shared/component/elements.js";
import { createAudio } from "./audio.js";
import { say } from "../content/panelparts.js";
import { createPhotoView } from "./photoview.js";
/** @import { Explorer, Part } from "../explorer.js" */

/**
 * Inside `host`, an empty element.
 * @param {HTMLElement} host
 * @param {Explorer} explorer
 * @returns {Part}
 */
export function createPhotoPanel(host, explorer) {
  const [picture, sound] = ["photo-view", "photo-sound"].map((name) => element("div", { className: name }));
  host.classList.add("content-panel");
  const nothing = element("p", { className: "content-note" });
  host.append(picture, sound, nothing);
  let parts = null; // [the picture's, the sound's], made when the panel is opened first

  function update(view) {
    const flattens = view.mode === "flatten";
    if (host.hidden || !view.flat || flattens) parts?.[1].stop();
    if (host.hidden) return;
    say(nothing, flattens ? explorer.words("photo").flattens : "");
    picture.hidden = flattens || view.flat;
    sound.hidden = flattens || !view.flat;
    if (flattens) return;
    parts ??= [createPhotoView(picture, explorer), createAudio(sound, explorer)];
    parts[view.flat ? 1 : 0].update(view, explorer.words("photo"));
  }

  return { update, destroy: () => parts?.forEach((part) => part.destroy()) };
}
