// Camera: the picture of a camera in a <video>, and what stands in its way, as the name of a sentence.

const WHY = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "noCamera", NotReadableError: "busyCamera" };

/**
 * @typedef {object} Camera
 * @property {() => void} stop its light goes out
 * @property {() => boolean} isReady whether a picture can be taken
 * @property {boolean} isMirrored it looks at whoever sits before it: shown as in a mirror, taken as it is
 */

/**
 * Show a camera in `video`. Throws an Error whose message is "insecure", "denied", "noCamera" or "busyCamera".
 * @param {HTMLVideoElement} video
 * @param {"user" | "environment"} facing the one that looks at the user, or the other one of a phone
 * @returns {Promise<Camera>}
 */
export async function openCamera(video, facing) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error("insecure"); // plain http, but for localhost
  const stream = await ask(facing);
  video.srcObject = stream;
  video.muted = true;
  await video.play().catch(() => {}); // cut short by a stop that came at once
  const settings = stream.getVideoTracks()[0]?.getSettings?.() ?? {};
  return {
    isMirrored: (settings.facingMode ?? facing) === "user",
    isReady: () => video.videoWidth > 0,
    stop() {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}

async function ask(facing) {
  try {
    const video = { facingMode: facing, width: { ideal: 640 }, height: { ideal: 480 } };
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw new Error(WHY[error.name] ?? "noCamera", { cause: error });
  }
}

/**
 * How many cameras there are to turn to.
 * @returns {Promise<number>}
 */
export async function cameraCount() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices.filter((device) => device.kind === "videoinput").length;
}
