// Sketch pad on its own: sends the drawing, made like MNIST's pictures, when a stroke has ended.
import { themedRoot, role } from "../theme.js";
import { toBase64 } from "../base64.js";
import { centreLikeMnist } from "../digit.js";
import { createPad } from "../pad.js";
/** @import { Mount } from "../theme.js" */

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  root.pad ??= createPad(root.querySelector(".pad-host"));
  root.pad.configure({
    strings: data.strings,
    color: () => role(root, "text"),
    onStroke: () => {
      const { ink, width, height } = root.pad.ink();
      setStateValue("drawing", toBase64(centreLikeMnist(ink, width, height)));
    },
  });
  return () => {
    root.pad?.destroy();
    root.pad = null;
  };
}
