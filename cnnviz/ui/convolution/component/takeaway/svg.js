// SVG context, a canvas context that writes an SVG: what is painted on it becomes shapes and text, so that a still is the very
// picture of the screen. Knows the part of CanvasRenderingContext2D that our painters use, and nothing of pages.

const CONTEXT_STATE = [
  "fillStyle", "strokeStyle", "globalAlpha", "lineWidth", "lineCap", "lineJoin",
  "lineDashOffset", "font", "textAlign", "textBaseline", "imageSmoothingEnabled",
];
const TEXT_ANCHORS = { start: "start", left: "start", center: "middle", right: "end", end: "end" };

/** Records what is painted on it; `ruler` is a real 2-D context, which measures the text. */
export class SvgContext {
  fillStyle = "#000000";
  strokeStyle = "#000000";
  globalAlpha = 1;
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  lineDashOffset = 0;
  font = "10px sans-serif";
  /** @type {CanvasTextAlign} */
  textAlign = "start";
  textBaseline = "alphabetic";
  imageSmoothingEnabled = true;

  /** @param {CanvasRenderingContext2D} ruler */
  constructor(ruler) {
    this.isVector = true; // painters then keep small cells as shapes
    this.ruler = ruler;
    this.matrix = [1, 0, 0, 1, 0, 0];
    this.dash = [];
    this.clips = []; // ids of the clip paths in force, the outermost first
    this.saved = [];
    this.open = []; // ids of the groups that are open in `body`
    this.body = [];
    this.defs = [];
    this.path = [];
    this.family = undefined; // of the document's text
  }

  /** The document: `width` x `height` user units; title and description are read aloud. */
  document({ width, height, title = "", description = "", language = "en" }) {
    this.nest([]);
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
        ` role="img" xml:lang="${svgText(language)}"${this.family ? ` font-family="${svgText(this.family)}"` : ""}>`,
      `<title>${svgText(title)}</title>`,
      `<desc>${svgText(description)}</desc>`,
      ...(this.defs.length ? [`<defs>${this.defs.join("")}</defs>`] : []),
      ...this.body,
      "</svg>\n",
    ].join("\n");
  }

  // ------------------------------------------------------------------ state

  save() {
    const names = [...CONTEXT_STATE, "matrix", "dash", "clips"];
    this.saved.push(Object.fromEntries(names.map((name) => [name, this[name]])));
  }

  restore() {
    Object.assign(this, this.saved.pop() ?? {});
  }

  setLineDash(dash) {
    this.dash = [...dash];
  }

  setTransform(...values) {
    this.matrix = typeof values[0] === "object" ? matrixValues(values[0]) : values;
  }

  transform(a, b, c, d, e, f) {
    const [A, B, C, D, E, F] = this.matrix;
    this.matrix = [A * a + C * b, B * a + D * b, A * c + C * d, B * c + D * d, A * e + C * f + E, B * e + D * f + F];
  }

  translate(x, y) {
    this.transform(1, 0, 0, 1, x, y);
  }

  scale(x, y) {
    this.transform(x, 0, 0, y, 0, 0);
  }

  // ------------------------------------------------------------------ paths, painted under the transform they are made in

  beginPath() {
    this.path = [];
  }

  closePath() {
    this.path.push("Z");
  }

  moveTo(x, y) {
    this.path.push(`M${svgNumber(x)} ${svgNumber(y)}`);
  }

  lineTo(x, y) {
    this.path.push(`${this.path.length ? "L" : "M"}${svgNumber(x)} ${svgNumber(y)}`);
  }

  rect(x, y, width, height) {
    this.path.push(`M${svgNumber(x)} ${svgNumber(y)}h${svgNumber(width)}v${svgNumber(height)}h${svgNumber(-width)}Z`);
  }

  roundRect(x, y, width, height, radii = 0) {
    const wanted = Array.isArray(radii) ? radii[0] : radii; // all four corners alike
    const r = Math.max(0, Math.min(wanted, Math.abs(width) / 2, Math.abs(height) / 2));
    if (r === 0) this.rect(x, y, width, height);
    else {
      const corner = (dx, dy) => `a${svgNumber(r)} ${svgNumber(r)} 0 0 1 ${svgNumber(dx * r)} ${svgNumber(dy * r)}`;
      const [across, down] = [svgNumber(width - 2 * r), svgNumber(height - 2 * r)];
      const there = `h${across}${corner(1, 1)}v${down}${corner(-1, 1)}`;
      const back = `h${-across}${corner(-1, -1)}v${-down}${corner(1, -1)}`;
      this.path.push(`M${svgNumber(x + r)} ${svgNumber(y)}${there}${back}Z`);
    }
  }

  // ------------------------------------------------------------------ paint

  fill(rule = "nonzero") {
    if (!this.path.length) return;
    this.add("path", { d: this.path.join(""), ...this.fillPaint(), ...ruleOf("fill-rule", rule) });
  }

  stroke() {
    if (this.path.length) this.add("path", { d: this.path.join(""), ...this.strokePaint() });
  }

  fillRect(x, y, width, height) {
    this.add("rect", { ...boxOfRect(x, y, width, height), ...this.fillPaint() });
  }

  /** Nothing is below but the page: what was recorded stays. */
  clearRect() {}

  clip(rule = "nonzero") {
    const id = `clip${this.defs.length + 1}`;
    const path = svgTag("path", { d: this.path.join(""), transform: this.placed(), ...ruleOf("clip-rule", rule) });
    this.defs.push(`<clipPath id="${id}">${path}</clipPath>`);
    this.clips = [...this.clips, id];
  }

  measureText(text) {
    return this.measured(text, this.textBaseline);
  }

  fillText(text, x, y) {
    this.addText(`${text}`, x, y, this.fillPaint());
  }

  strokeText(text, x, y) {
    this.addText(`${text}`, x, y, this.strokePaint());
  }

  drawImage(image, ...box) {
    const [sx, sy, sw, sh, x, y, width, height] = imageBox(image, box);
    if (!(sw > 0 && sh > 0)) return;
    /** @type {Record<string, any>} */
    const attributes = { ...boxOfRect(x, y, width, height), preserveAspectRatio: "none" };
    attributes.href = pngAddress(image, sx, sy, sw, sh);
    if (!this.imageSmoothingEnabled) attributes.style = "image-rendering:pixelated";
    if (this.globalAlpha < 1) attributes.opacity = svgNumber(this.globalAlpha);
    this.add("image", attributes);
  }

  // ------------------------------------------------------------------ elements

  fillPaint() {
    return { fill: this.fillStyle, "fill-opacity": this.globalAlpha < 1 ? svgNumber(this.globalAlpha) : undefined };
  }

  strokePaint() {
    const { lineCap, lineJoin, dash } = this;
    return {
      fill: "none",
      stroke: this.strokeStyle,
      "stroke-opacity": this.globalAlpha < 1 ? svgNumber(this.globalAlpha) : undefined,
      "stroke-width": this.lineWidth === 1 ? undefined : svgNumber(this.lineWidth),
      "stroke-linecap": lineCap === "butt" ? undefined : lineCap,
      "stroke-linejoin": lineJoin === "miter" ? undefined : lineJoin,
      "stroke-dasharray": dash.length ? dash.map(svgNumber).join(" ") : undefined,
      "stroke-dashoffset": dash.length && this.lineDashOffset ? svgNumber(this.lineDashOffset) : undefined,
    };
  }

  /** Text stands on its baseline: few programs know the others. Its length is kept where the font is missing. */
  addText(text, x, y, paint) {
    const { width, actualBoundingBoxAscent: high } = this.measured(text, "alphabetic");
    const lower = high - this.measured(text, this.textBaseline).actualBoundingBoxAscent;
    const anchor = TEXT_ANCHORS[this.textAlign];
    const attributes = {
      x: svgNumber(x),
      y: svgNumber(y + lower),
      "text-anchor": anchor === "start" ? undefined : anchor,
      textLength: text.length > 2 ? svgNumber(width) : undefined,
      lengthAdjust: text.length > 2 ? "spacingAndGlyphs" : undefined,
      "xml:space": /^\s|\s\s|\s$/.test(text) ? "preserve" : undefined,
      ...this.fontAttributes(),
      ...paint,
    };
    this.add("text", attributes, svgText(text));
  }

  /** The font that the ruler has; the first family stands once, at the root. */
  fontAttributes() {
    const attributes = fontOf(this.ruler.font);
    this.family ??= attributes["font-family"];
    return attributes["font-family"] === this.family ? { ...attributes, "font-family": undefined } : attributes;
  }

  measured(text, baseline) {
    const { ruler } = this;
    ruler.font = this.font;
    ruler.textBaseline = baseline;
    ruler.textAlign = this.textAlign;
    return ruler.measureText(text);
  }

  add(name, attributes, content) {
    if (this.globalAlpha <= 0) return;
    this.nest(this.clips);
    this.body.push(svgTag(name, { ...attributes, transform: this.placed() }, content));
  }

  placed() {
    const isPlain = this.matrix.every((value, i) => value === [1, 0, 0, 1, 0, 0][i]);
    return isPlain ? undefined : `matrix(${this.matrix.map(svgNumber).join(" ")})`;
  }

  /** Close and open groups until exactly `clips` are in force. */
  nest(clips) {
    const shared = clips.findIndex((id, i) => id !== this.open[i]);
    const kept = shared < 0 ? clips.length : shared;
    while (this.open.length > kept) {
      this.open.pop();
      this.body.push("</g>");
    }
    for (const id of clips.slice(this.open.length)) {
      this.open.push(id);
      this.body.push(`<g clip-path="url(#${id})">`);
    }
  }
}

function svgTag(name, attributes, content) {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const written = given.map(([key, value]) => ` ${key}="${svgText(value)}"`).join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Safe in an attribute and between tags; what XML cannot hold is left out. */
function svgText(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const possible = `${text}`.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return possible.replace(/[&<>"]/g, (sign) => entities[sign]);
}

function svgNumber(value) {
  return Math.round(value * 100) / 100;
}

/** The parts of a canvas's font, which a browser writes as "italic 600 12px family": not every program knows `font`. */
function fontOf(font) {
  const [, slant, weight, size, family] = /^(italic )?(\w+ )?([\d.]+)px (.*)$/.exec(font) ?? [];
  if (!size) return { style: `font:${font}` };
  return { "font-style": slant?.trim(), "font-weight": weight?.trim(), "font-size": size, "font-family": family };
}

function ruleOf(name, rule) {
  return rule === "evenodd" ? { [name]: rule } : {};
}

function boxOfRect(x, y, width, height) {
  return { x: svgNumber(x), y: svgNumber(y), width: svgNumber(width), height: svgNumber(height) };
}

function matrixValues({ a, b, c, d, e, f }) {
  return [a, b, c, d, e, f];
}

/** [sx, sy, sw, sh, x, y, w, h] of drawImage's three forms. */
function imageBox(image, box) {
  if (box.length >= 8) return box;
  const [x, y, width = image.width, height = image.height] = box;
  return [0, 0, image.width, image.height, x, y, width, height];
}

/** A part of a canvas or bitmap as a PNG's data address. */
function pngAddress(image, sx, sy, sw, sh) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(sw);
  canvas.height = Math.round(sh);
  canvas.getContext("2d").drawImage(image, sx, sy, sw, sh, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
