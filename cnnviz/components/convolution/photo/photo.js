// The panel "On a photo" under the stage; for a signal "Listen". Hidden it costs nothing.

import { createListening } from "./listening.js";
import { made } from "../content/panelparts.js";
import { createPhotoView } from "./photoview.js";

/** Inside `host`, an empty element. */
export function createPhotoPanel(host, explorer) {
  const [picture, sound] = ["photo-view", "photo-sound"].map((name) => made("div", name));
  host.classList.add("content-panel");
  host.append(picture, sound);
  let parts = null; // [the picture's, the sound's], made when the panel is opened first

  function update(view) {
    if (host.hidden || !view.flat) parts?.[1].stop();
    if (host.hidden) return;
    parts ??= [createPhotoView(picture, explorer), createListening(sound, explorer)];
    picture.hidden = view.flat;
    sound.hidden = !view.flat;
    parts[view.flat ? 1 : 0].update(view, explorer.words("photo"));
  }

  return { update, destroy: () => parts?.forEach((part) => part.destroy()) };
}
