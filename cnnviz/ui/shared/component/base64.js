// Base64 of numbers on their way between server and browser, as JSON carries no bytes.

/**
 * The base64 of `bytes`, as the server takes a picture.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * The bytes of a base64 text, as the server sends pictures.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * The 32-bit floats of a base64 text, as the server sends maps and weights.
 * @param {string} text
 * @returns {Float32Array}
 */
export function floatsFromBase64(text) {
  return new Float32Array(fromBase64(text).buffer);
}
