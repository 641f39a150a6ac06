// Photo: the middle square of a camera's frame or of a picture file, as a small JPEG.

const SIDE = 128; // pixels: more than a small network is shown, and 1,000 of them are 5 MB
const QUALITY = 0.92;
const LARGEST_FILE = 60_000_000; // bytes: a photo of 48 megapixels has 25

/**
 * The middle square, as base64 of a JPEG.
 * @param {CanvasImageSource} source
 * @param {number} width pixels
 * @param {number} height pixels
 * @returns {string}
 */
export function squarePhoto(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, SIDE, SIDE);
  const side = Math.min(width, height);
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
}

/**
 * The same of a file; null if this browser cannot read it as a picture.
 * @param {File} file
 * @returns {Promise<string | null>}
 */
export async function photoOfFile(file) {
  if (file.size > LARGEST_FILE) return null;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const { width, height } = picture;
    const photo = squarePhoto(await shrunk(picture), ...shrunkSize(width, height));
    picture.close();
    return photo;
  } catch {
    return null;
  }
}

/** A large picture is shrunk with care first: a canvas that does it in one step leaves out lines. */
function shrunk(picture) {
  const [width, height] = shrunkSize(picture.width, picture.height);
  if (width === picture.width) return picture;
  return createImageBitmap(picture, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" });
}

/** @returns {[number, number]} */
function shrunkSize(width, height) {
  const factor = Math.min(1, (2 * SIDE) / Math.min(width, height));
  return [Math.round(width * factor), Math.round(height * factor)];
}
