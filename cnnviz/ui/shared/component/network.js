// Network in the browser: runs a small one of layers in sequence: plain loops over typed arrays. Knows nothing of pages or pictures.
//
// A layer is { name, kind, ... }: conv2d (weight, bias, outChannels, kernelSize, stride, padding), relu, sigmoid,
// maxPool2d and avgPool2d (kernelSize, stride), flatten, linear (weight, bias, outFeatures), softmax.
// LeNet-5 is 416,520 multiply-accumulates: 1-2 ms here, so it answers between two frames.

/**
 * Every layer's output: [{ name, kind, shape, values: Float32Array }], from `values` of `shape` [channels, h, w].
 * @param {object[]} layers in their order
 * @param {Float32Array} values
 * @param {[number, number, number]} shape
 * @returns {{ name: string, kind: string, shape: number[], values: Float32Array }[]}
 */
export function forward(layers, values, shape) {
  const outputs = [];
  let current = { values, shape };
  for (const layer of layers) {
    current = LAYER_KINDS[layer.kind](current, layer);
    outputs.push({ name: layer.name, kind: layer.kind, ...current });
  }
  return outputs;
}

const LAYER_KINDS = {
  conv2d: convolve,
  relu: (input) => eachValue(input, (value) => (value > 0 ? value : 0)),
  sigmoid: (input) => eachValue(input, (value) => 1 / (1 + Math.exp(-value))),
  maxPool2d: (input, layer) => pool(input, layer, -Infinity, Math.max, 1),
  avgPool2d: (input, layer) => pool(input, layer, 0, (sum, value) => sum + value, layer.kernelSize ** 2),
  flatten: ({ values }) => ({ values, shape: [values.length] }),
  linear: weighAll,
  softmax: shareOut,
};

function eachValue({ values, shape }, change) {
  return { values: values.map(change), shape };
}

/** Cross-correlation, as every framework computes it; sums over (channel, row, column) for one output map at a time. */
function convolve({ values, shape: [channels, height, width] }, { weight, bias, outChannels, kernelSize: k, stride, padding }) {
  const paddedWidth = width + 2 * padding;
  const paddedHeight = height + 2 * padding;
  const padded = padZeros(values, channels, height, width, padding);
  const outHeight = Math.floor((paddedHeight - k) / stride) + 1;
  const outWidth = Math.floor((paddedWidth - k) / stride) + 1;
  const out = new Float32Array(outChannels * outHeight * outWidth);
  const map = new Float64Array(outHeight * outWidth);
  for (let o = 0; o < outChannels; o++) {
    map.fill(bias[o]);
    for (let c = 0; c < channels; c++) {
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) {
          const factor = weight[((o * channels + c) * k + ky) * k + kx];
          for (let y = 0; y < outHeight; y++) {
            let from = (c * paddedHeight + y * stride + ky) * paddedWidth + kx;
            for (let to = y * outWidth; to < (y + 1) * outWidth; to++, from += stride) map[to] += factor * padded[from];
          }
        }
      }
    }
    out.set(map, o * outHeight * outWidth);
  }
  return { values: out, shape: [outChannels, outHeight, outWidth] };
}

function padZeros(values, channels, height, width, padding) {
  if (padding === 0) return values;
  const wide = width + 2 * padding;
  const padded = new Float32Array(channels * (height + 2 * padding) * wide);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = (c * height + y) * width;
      padded.set(values.subarray(row, row + width), (c * (height + 2 * padding) + y + padding) * wide + padding);
    }
  }
  return padded;
}

function pool({ values, shape: [channels, height, width] }, { kernelSize: k, stride }, start, gather, divisor) {
  const outHeight = Math.floor((height - k) / stride) + 1;
  const outWidth = Math.floor((width - k) / stride) + 1;
  const out = new Float32Array(channels * outHeight * outWidth);
  let to = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        let gathered = start;
        for (let ky = 0; ky < k; ky++) {
          const row = (c * height + y * stride + ky) * width + x * stride;
          for (let kx = 0; kx < k; kx++) gathered = gather(gathered, values[row + kx]);
        }
        out[to++] = gathered / divisor;
      }
    }
  }
  return { values: out, shape: [channels, outHeight, outWidth] };
}

function weighAll({ values }, { weight, bias, outFeatures }) {
  const out = new Float32Array(outFeatures);
  for (let o = 0; o < outFeatures; o++) {
    let sum = bias[o];
    const row = o * values.length;
    for (let i = 0; i < values.length; i++) sum += weight[row + i] * values[i];
    out[o] = sum;
  }
  return { values: out, shape: [outFeatures] };
}

function shareOut({ values, shape }) {
  const largest = Math.max(...values);
  const powers = Array.from(values, (value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return { values: Float32Array.from(powers, (power) => power / sum), shape };
}
