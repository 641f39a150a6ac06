// LZW compression, as inside a GIF: codes that grow to 12 bits. Knows nothing of pictures.

const MOST_CODES = 4096;

/**
 * The compressed bytes of `values`, each below 2 ** bits; `bits` (2 to 8) is GIF's "minimum code size".
 * @param {ArrayLike<number>} values
 * @param {number} bits
 * @returns {Uint8Array}
 */
export function lzw(values, bits) {
  const clear = 1 << bits;
  const children = new Uint16Array(MOST_CODES << bits); // (code, value) -> longer code; 0: none
  const sink = bitSink(values.length);
  let next = clear + 2;
  let size = bits + 1;
  let code = values[0];
  sink.write(clear, size);
  for (let i = 1; i < values.length; i++) {
    const slot = (code << bits) | values[i];
    if (children[slot]) {
      code = children[slot];
      continue;
    }
    sink.write(code, size);
    if (next < MOST_CODES) {
      if (next === 1 << size) size++;
      children[slot] = next++;
    } else {
      sink.write(clear, size);
      children.fill(0);
      next = clear + 2;
      size = bits + 1;
    }
    code = values[i];
  }
  sink.write(code, size);
  if (next === 1 << size && size < 12) size++; // the reader has made one more code by now
  sink.write(clear + 1, size);
  return sink.bytes();
}

/** Takes numbers of so many bits, lowest bit first. */
function bitSink(values) {
  const bytes = new Uint8Array(Math.ceil(values * 1.51) + 64); // 12 bits a value and some codes that clear
  let length = 0;
  let held = 0;
  let count = 0;
  const flush = (least) => {
    for (; count >= least && count > 0; count -= 8, held >>>= 8) bytes[length++] = held & 255;
  };
  return {
    write(value, size) {
      held |= value << count;
      count += size;
      flush(8);
    },
    bytes() {
      flush(1);
      return bytes.subarray(0, length);
    },
  };
}
