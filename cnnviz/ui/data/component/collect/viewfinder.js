// Viewfinder: the camera's picture on the page, turned on, turned round and off, and photos taken of it.
import { cameraCount, openCamera } from "./camera.js";
import { squarePhoto } from "./photo.js";

/**
 * @typedef {object} Viewfinder
 * @property {() => Promise<void>} open
 * @property {() => void} close the camera's light goes out
 * @property {() => Promise<void>} turn to the other camera
 * @property {() => boolean} isOpen
 * @property {() => string} why it is not, as the name of a sentence; "" if nobody asked for it
 * @property {() => string | null} photo as base64 of a JPEG; null while there is no picture
 */

/**
 * @param {HTMLVideoElement} video
 * @param {HTMLElement} turner the button that turns to the other camera, shown where there is one
 * @param {() => void} changed
 * @returns {Viewfinder}
 */
export function createViewfinder(video, turner, changed) {
  let camera = null;
  let why = "";
  /** @type {"user" | "environment"} */
  let facing = "user";
  let opening = 0; // how often it was asked for: an answer that comes too late is not shown

  function close() {
    opening++;
    camera?.stop();
    camera = null;
    why = "";
  }

  async function open() {
    close();
    const mine = opening;
    why = "asking";
    changed();
    try {
      const opened = await openCamera(video, facing);
      if (mine !== opening) return opened.stop();
      camera = opened;
      why = "";
      video.classList.toggle("co-mirrored", opened.isMirrored);
      turner.hidden = (await cameraCount()) < 2;
    } catch (error) {
      if (mine === opening) why = error.message;
    }
    return changed();
  }

  return {
    open,
    close,
    turn() {
      facing = facing === "user" ? "environment" : "user";
      return open();
    },
    isOpen: () => camera !== null,
    why: () => why,
    photo: () => (camera?.isReady() ? squarePhoto(video, video.videoWidth, video.videoHeight) : null),
  };
}
