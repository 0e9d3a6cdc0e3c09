// Draws a scene of helpers.plots on a canvas and sends back what sliders, keys, mouse and buttons do.
// Python computes, this file draws: every number it needs comes as plain bytes in `scene`.

const WIDTH = 720; // width of a scene in its own pixels; height is 100 per inch
const FONT = "DejaVu Sans, Verdana, system-ui, sans-serif";
const WAIT_MS = 1000; // after so long without an answer another request may go out
const SILENCE_MS = 5000; // after so long the reader is told that there is none
const SILENCE = "No answer from Python yet. If it is not busy, run this cell again.";
let widgets = 0;

// ---- numbers --------------------------------------------------------------------------------

const floats = (view) => new Float32Array(bytes(view).buffer);
const bytes = (view) =>
  new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
const css = (pixel) => `rgba(${pixel[0]},${pixel[1]},${pixel[2]},${pixel[3] / 255})`;

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** How many digits after the point write every multiple of a step. */
function digitsOf(step) {
  let digits = 0;
  while (digits < 6 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits++;
  return digits;
}

/** A number as it is read aloud: as many digits as the step needs, a true minus sign. */
function spoken(value, step) {
  const far = value !== 0 && (step >= 1e5 || step < 1e-5);
  const text = far ? String(Number(value.toPrecision(4))) : value.toFixed(digitsOf(step));
  const short = far ? Number(text).toExponential().replace("e+", "e") : text;
  return (Number(short) === 0 ? short.replace("-", "") : short).replaceAll("-", "−");
}

/** About five round numbers between low and high. */
function roundNumbers(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push([k * step, spoken(k * step, step)]);
  }
  return ticks;
}

/** Powers of ten between low and high, at most eight of them. */
function powersOfTen(low, high) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first) / 8));
  const raised = (k) => [...String(k)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
  const ticks = [];
  for (let k = first; k <= last; k += step) ticks.push([10 ** k, `10${raised(k)}`]);
  return ticks;
}

// ---- where things go ------------------------------------------------------------------------

/** The rectangle of panel number i, without room for labels. */
function cell(scene, i) {
  const shares = scene.widths.length ? scene.widths : Array(scene.columns).fill(1);
  const total = shares.reduce((a, b) => a + b, 0);
  const column = i % scene.columns;
  const rows = Math.ceil(scene.panels.length / scene.columns);
  const before = shares.slice(0, column).reduce((a, b) => a + b, 0);
  const height = (scene.height * 100) / rows;
  return {
    x: (WIDTH * before) / total,
    y: height * Math.floor(i / scene.columns),
    width: (WIDTH * shares[column]) / total,
    height,
  };
}

/** Room at the right for a legend that stands outside. */
function legendWidth(panel) {
  if (panel.legend !== "outside") return 0;
  const letters = Math.max(...panel.layers.map((layer) => (layer.label || "").length));
  return 7.2 * letters + 66;
}

/** Room at the left of a column of panels for the numbers and names of their upright axes. */
function numbersWidth(scene, column) {
  const panels = scene.panels.filter((panel, i) => panel.axes && i % scene.columns === column);
  const letters = panels.flatMap((panel) => ticksOf(panel, "y").map(([, text]) => text.length));
  return Math.max(58, 7.6 * Math.max(...letters, 0) + 30);
}

/** Where a panel's axes lie, and the two functions that turn numbers into pixels. */
function layout(scene, i) {
  const panel = scene.panels[i];
  const room = cell(scene, i);
  const bar = panel.layers.some((layer) => layer.kind === "field" && layer.name);
  const margin = panel.axes
    ? { left: numbersWidth(scene, i % scene.columns), right: (bar ? 76 : 16) + legendWidth(panel), top: 28, bottom: 44 }
    : { left: 4, right: 4, top: 26, bottom: 4 };
  const box = {
    x: room.x + margin.left,
    y: room.y + margin.top,
    width: room.width - margin.left - margin.right,
    height: room.height - margin.top - margin.bottom,
  };
  if (panel.equal) fitEqual(box, panel);
  const across = scale(panel.x, panel.log.includes("x"));
  const up = scale(panel.y, panel.log.includes("y"));
  box.px = (x) => box.x + box.width * across.share(x);
  box.py = (y) => box.y + box.height * (1 - up.share(y));
  box.ux = (px) => across.value((px - box.x) / box.width);
  box.uy = (py) => up.value(1 - (py - box.y) / box.height);
  return box;
}

function fitEqual(box, panel) {
  const wanted = (panel.x[1] - panel.x[0]) / (panel.y[1] - panel.y[0]);
  const width = Math.min(box.width, box.height * wanted);
  const height = width / wanted;
  box.x += (box.width - width) / 2;
  box.y += (box.height - height) / 2;
  box.width = width;
  box.height = height;
}

function scale([low, high], log) {
  if (!log) return { share: (v) => (v - low) / (high - low), value: (s) => low + s * (high - low) };
  const size = Math.log(high / low);
  return { share: (v) => Math.log(v / low) / size, value: (s) => low * Math.exp(s * size) };
}

// ---- layers ---------------------------------------------------------------------------------

const paint = {
  field(pen, box, field) {
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [field.columns, field.rows];
    const pixels = new Uint8ClampedArray(bytes(field.pixels).buffer);
    sheet.getContext("2d").putImageData(new ImageData(pixels, field.columns, field.rows), 0, 0);
    const [left, right] = field.x.map(box.px);
    const [bottom, top] = field.y.map(box.py);
    pen.imageSmoothingEnabled = field.smooth;
    pen.translate(left, bottom);
    pen.scale(1, -1);
    pen.drawImage(sheet, 0, 0, right - left, bottom - top);
  },

  line(pen, box, line) {
    const [x, y] = [floats(line.x), floats(line.y)];
    pen.globalAlpha = line.opacity;
    strokeStyle(pen, line);
    pen.beginPath();
    let down = false;
    for (let i = 0; i < x.length; i++) {
      const point = near(box, box.px(x[i]), box.py(y[i]));
      const shown = Number.isFinite(point[0]) && Number.isFinite(point[1]);
      if (shown && down) pen.lineTo(...point);
      else if (shown) pen.moveTo(...point);
      down = shown;
    }
    pen.stroke();
    if (!line.marker) return;
    for (let i = 0; i < x.length; i += line.every) {
      marker(pen, line.marker, box.px(x[i]), box.py(y[i]), 8, line.colour);
    }
  },

  points(pen, box, points) {
    const [x, y] = [floats(points.x), floats(points.y)];
    for (let i = 0; i < x.length; i++) {
      marker(pen, points.marker, box.px(x[i]), box.py(y[i]), points.size * 1.4, points.colour);
    }
  },

  arrows(pen, box, arrows) {
    const [x, y, u, v] = [arrows.x, arrows.y, arrows.u, arrows.v].map(floats);
    const colours = arrows.colours && bytes(arrows.colours);
    for (let i = 0; i < x.length; i++) {
      const colour = colours ? css(colours.subarray(4 * i, 4 * i + 4)) : arrows.colour;
      const foot = [box.px(x[i]), box.py(y[i])];
      const tip = [box.px(x[i] + u[i]), box.py(y[i] + v[i])];
      arrow(pen, foot, tip, arrows.width * 1.4, colour);
    }
  },

  mesh(pen, box, mesh) {
    const [corners, fill, edge] = [floats(mesh.corners), bytes(mesh.fill), bytes(mesh.edge)];
    const px = corners.map((value, at) => (at % 2 ? box.py(value) : box.px(value)));
    pen.lineWidth = 0.8;
    for (let k = 0; k < fill.length / 4; k++) {
      pen.beginPath();
      for (let at = 2 * k * mesh.count; at < 2 * (k + 1) * mesh.count; at += 2) {
        pen.lineTo(px[at], px[at + 1]);
      }
      pen.closePath();
      pen.fillStyle = css(fill.subarray(4 * k, 4 * k + 4));
      pen.fill();
      pen.strokeStyle = css(edge.subarray(4 * k, 4 * k + 4));
      pen.stroke();
    }
  },

  text(pen, box, text) {
    pen.font = `${text.size * 1.35}px ${FONT}`;
    pen.textAlign = text.align;
    pen.textBaseline = "middle";
    const [x, y] = [box.px(text.x), box.py(text.y) - text.raise_by * 1.35];
    const width = pen.measureText(text.text).width + 6;
    const start = { left: -3, center: -width / 2, right: 3 - width }[text.align];
    pen.fillStyle = `rgba(255,255,255,${text.paper})`;
    pen.fillRect(x + start, y - text.size * 0.85, width, text.size * 1.7);
    pen.fillStyle = text.colour;
    pen.fillText(text.text, x, y);
  },
};

/** A point far outside, brought nearer: browsers give up dashes on lines of endless length. */
function near(box, x, y) {
  const far = 4 * (box.width + box.height);
  return [clamp(x, box.x - far, box.x + far), clamp(y, box.y - far, box.y + far)];
}

function strokeStyle(pen, line) {
  pen.strokeStyle = line.colour;
  pen.lineWidth = line.width * 1.3;
  pen.lineJoin = "round";
  pen.setLineDash(line.dash.map((length) => length * 1.3));
}

function arrow(pen, [x0, y0], [x1, y1], width, colour) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 0.5)) return;
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(length, 4.5 * width);
  const [nx, ny] = [x1 - head * dx, y1 - head * dy];
  pen.setLineDash([]);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(nx + dx, ny + dy);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(nx - 0.42 * head * dy, ny + 0.42 * head * dx);
  pen.lineTo(nx + 0.42 * head * dy, ny - 0.42 * head * dx);
  pen.fill();
}

const outlines = {
  s: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  "^": [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]],
  v: [[0, 1.2], [1.1, -0.9], [-1.1, -0.9]],
  D: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  "*": Array.from({ length: 10 }, (_, k) => {
    const [angle, r] = [(Math.PI * k) / 5, k % 2 ? 0.45 : 1.15];
    return [r * Math.sin(angle), -r * Math.cos(angle)];
  }),
};

function marker(pen, kind, x, y, size, colour) {
  const r = size / 2;
  pen.setLineDash([]);
  pen.beginPath();
  if (kind === "o") pen.arc(x, y, r, 0, 7);
  else if (kind === "x") {
    [[-r, -r, r, r], [-r, r, r, -r]].forEach(([a, b, c, d]) => {
      pen.moveTo(x + a, y + b);
      pen.lineTo(x + c, y + d);
    });
  } else outlines[kind].forEach(([a, b]) => pen.lineTo(x + 0.85 * r * a, y + 0.85 * r * b));
  pen.closePath();
  pen.fillStyle = colour;
  pen.strokeStyle = kind === "x" ? colour : "#ffffff";
  pen.lineWidth = kind === "x" ? 2.5 : 1;
  if (kind !== "x") pen.fill();
  pen.stroke();
}

// ---- frames, colour bars, legends -------------------------------------------------------------

function ticksOf(panel, axis) {
  const given = panel.ticks[axis === "x" ? 0 : 1];
  if (given) return given;
  return panel.log.includes(axis) ? powersOfTen(...panel[axis]) : roundNumbers(...panel[axis]);
}

function drawGrid(pen, box, panel) {
  if (panel.layers.some((layer) => layer.kind === "field")) return;
  pen.strokeStyle = "#e4e4e4";
  pen.lineWidth = 1;
  pen.beginPath();
  for (const [x] of ticksOf(panel, "x")) {
    pen.moveTo(box.px(x), box.y);
    pen.lineTo(box.px(x), box.y + box.height);
  }
  for (const [y] of ticksOf(panel, "y")) {
    pen.moveTo(box.x, box.py(y));
    pen.lineTo(box.x + box.width, box.py(y));
  }
  pen.stroke();
}

function drawFrame(pen, box, panel, room) {
  pen.strokeStyle = pen.fillStyle = "#000000";
  pen.lineWidth = 1;
  pen.strokeRect(box.x, box.y, box.width, box.height);
  pen.font = `12px ${FONT}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  for (const [x, text] of ticksOf(panel, "x")) {
    pen.fillRect(box.px(x) - 0.5, box.y + box.height, 1, 4);
    pen.fillText(text, box.px(x), box.y + box.height + 13);
  }
  pen.textAlign = "right";
  for (const [y, text] of ticksOf(panel, "y")) {
    pen.fillRect(box.x - 4, box.py(y) - 0.5, 4, 1);
    pen.fillText(text, box.x - 7, box.py(y));
  }
  pen.font = `13px ${FONT}`;
  pen.textAlign = "center";
  pen.fillText(panel.xlabel, box.x + box.width / 2, box.y + box.height + 33);
  sideways(pen, panel.ylabel, box.x - room + 14, box.y + box.height / 2);
}

function sideways(pen, text, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  pen.fillText(text, 0, 0);
  pen.restore();
}

function drawBar(pen, box, field) {
  const [x, width] = [box.x + box.width + 10, 14];
  const bar = bytes(field.bar);
  const count = bar.length / 4;
  for (let k = 0; k < count; k++) {
    pen.fillStyle = css(bar.subarray(4 * k, 4 * k + 4));
    pen.fillRect(x, box.y + box.height * (1 - (k + 1) / count), width, box.height / count + 0.6);
  }
  pen.fillStyle = "#000000";
  pen.font = `12px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const [share, text] of field.ticks) {
    pen.fillText(text, x + width + 5, box.y + box.height * (1 - share));
  }
  pen.font = `13px ${FONT}`;
  sideways(pen, field.name, x + width + 42, box.y + box.height / 2);
}

function drawLegend(pen, box, panel) {
  const named = panel.layers.filter((layer) => layer.label);
  if (!panel.legend || !named.length) return;
  pen.font = `12px ${FONT}`;
  const width = Math.max(...named.map((layer) => pen.measureText(layer.label).width)) + 58;
  const height = 18 * named.length + 8;
  const place = panel.legend;
  const right = box.x + box.width;
  let x = box.x + (box.width - width) / 2;
  if (place === "outside") x = right + 8;
  else if (place.includes("left")) x = box.x + 8;
  else if (place.includes("right")) x = right - width - 8;
  const y = place.includes("lower") ? box.y + box.height - height - 8 : box.y + 8;
  const overField = panel.layers.some((layer) => layer.kind === "field");
  pen.fillStyle = overField ? "rgba(160,160,160,0.9)" : "rgba(255,255,255,0.9)";
  pen.strokeStyle = "#c8c8c8";
  pen.lineWidth = 1;
  pen.fillRect(x, y, width, height);
  pen.strokeRect(x, y, width, height);
  named.forEach((layer, k) => legendRow(pen, layer, x + 8, y + 13 + 18 * k));
}

function legendRow(pen, layer, x, y) {
  if (layer.kind === "line") {
    strokeStyle(pen, layer);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 36, y);
    pen.stroke();
    pen.setLineDash([]);
    if (layer.marker) marker(pen, layer.marker, x + 18, y, 8, layer.colour);
  } else if (layer.kind === "points") marker(pen, layer.marker, x + 18, y, 9, layer.colour);
  else if (layer.kind === "arrows") arrow(pen, [x, y], [x + 36, y], 3, layer.colour);
  else if (layer.kind === "mesh") {
    pen.fillStyle = css(bytes(layer.fill));
    pen.fillRect(x + 4, y - 6, 28, 12);
  }
  pen.fillStyle = "#000000";
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(layer.label, x + 44, y);
}

function drawPanel(pen, scene, i) {
  const panel = scene.panels[i];
  const box = layout(scene, i);
  if (panel.axes) drawGrid(pen, box, panel);
  for (const layer of panel.layers) {
    pen.save();
    if (panel.axes && layer.kind !== "text") {
      pen.beginPath();
      pen.rect(box.x, box.y, box.width, box.height);
      pen.clip();
    }
    paint[layer.kind](pen, box, layer);
    pen.restore();
    if (layer.kind === "field" && layer.name) drawBar(pen, box, layer);
  }
  if (panel.axes) drawFrame(pen, box, panel, numbersWidth(scene, i % scene.columns));
  pen.fillStyle = "#000000";
  pen.font = `15px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const room = cell(scene, i);
  pen.fillText(panel.title, box.x + box.width / 2, room.y + 13, room.width);
  drawLegend(pen, box, panel);
}

function drawScene(canvas, scene) {
  const shown = canvas.clientWidth || WIDTH;
  const dense = Math.max(1, (window.devicePixelRatio || 1) * (shown / WIDTH));
  canvas.width = Math.round(WIDTH * dense);
  canvas.height = Math.round(scene.height * 100 * dense);
  const pen = canvas.getContext("2d");
  pen.scale(dense, dense);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, WIDTH, scene.height * 100);
  scene.panels.forEach((_, i) => drawPanel(pen, scene, i));
}

// ---- what the reader does -----------------------------------------------------------------------

function element(kind, parent, properties = {}) {
  const made = Object.assign(document.createElement(kind), properties);
  parent.append(made);
  return made;
}

/** Makes the answer come at once: a server holds a small message back until the one before it is confirmed
 * (Nagle's algorithm), a browser confirms late (40 ms) unless it has something to send, so it sends something. */
function hurry(model) {
  const confirm = ({ content }) => {
    if (content.execution_state === "busy") model.send({ received: true });
  };
  return { iopub: { status: confirm } };
}

/** Sends the newest values as soon as the last ones have been drawn, so that nothing queues up. */
function sender(model, onSilence) {
  const state = { values: { ...model.get("values") }, busy: false, waiting: false, timer: 0 };
  state.listen = () => {
    clearTimeout(state.alarm);
    state.alarm = setTimeout(onSilence, SILENCE_MS);
  };
  state.press = (message) => {
    state.listen();
    model.send(message, hurry(model));
  };
  state.send = () => {
    if (state.busy) {
      state.waiting = true;
      return;
    }
    const known = model.get("values");
    if (Object.keys(known).every((name) => known[name] === state.values[name])) return;
    state.busy = true;
    clearTimeout(state.timer);
    state.timer = setTimeout(state.done, WAIT_MS);
    state.listen();
    model.set("values", { ...state.values });
    model.save_changes(hurry(model));
  };
  state.done = () => {
    clearTimeout(state.timer);
    state.busy = false;
    if (!state.waiting) return;
    state.waiting = false;
    state.send();
  };
  return state;
}

function addSliders(root, model, state) {
  const box = element("div", root, { className: "controls" });
  const sliders = {};
  for (const control of model.get("controls")) {
    const id = `moving-${++widgets}-${control.name}`;
    element("label", box, { htmlFor: id, textContent: control.label });
    const slider = element("input", box, { type: "range", id });
    Object.assign(slider, { min: control.min, max: control.max, step: control.step });
    const shown = element("output", box);
    shown.htmlFor = id;
    const show = (value) => {
      slider.value = value;
      shown.textContent = spoken(value, control.step);
      slider.setAttribute("aria-valuetext", `${control.label} ${shown.textContent}`);
    };
    slider.addEventListener("input", () => {
      state.values[control.name] = Number(slider.value);
      show(Number(slider.value));
      state.send();
    });
    sliders[control.name] = { show, control };
  }
  return sliders;
}

function addButtons(root, model, state) {
  const box = element("div", root, { className: "buttons" });
  const playing = new Set();
  for (const button of model.get("buttons")) {
    const made = element("button", box, { type: "button", textContent: button.label });
    if (button.repeat) made.setAttribute("aria-pressed", "false");
    made.addEventListener("click", () => {
      if (!button.repeat || !playing.delete(button.name)) {
        if (button.repeat) playing.add(button.name);
        state.press({ press: button.name });
      }
      if (button.repeat) made.setAttribute("aria-pressed", String(playing.has(button.name)));
    });
  }
  return () => playing.forEach((name) => state.press({ press: name }));
}

/** Moves the two controls of `pointer` by `across` and `up` and tells Python. */
function moveTo(state, sliders, names, target) {
  names.forEach((name, k) => {
    if (!Number.isFinite(target[k])) return;
    const { control, show } = sliders[name];
    const steps = Math.round((target[k] - control.min) / control.step);
    const value = clamp(control.min + steps * control.step, control.min, control.max);
    state.values[name] = Number(value.toFixed(9));
    show(state.values[name]);
  });
  state.send();
}

function listenToPointer(canvas, model, state, sliders) {
  const names = model.get("pointer");
  if (!names.length || !model.get("draggable")) return;
  const follow = (event) => {
    const scene = model.get("scene");
    const zoom = WIDTH / canvas.clientWidth;
    const box = layout(scene, 0);
    const [px, py] = [event.offsetX * zoom, event.offsetY * zoom];
    const inside = px >= box.x && px <= box.x + box.width && py >= box.y && py <= box.y + box.height;
    if (inside || event.type === "pointermove") {
      moveTo(state, sliders, names, [box.ux(px), box.uy(py)]);
    }
    return inside;
  };
  canvas.style.cursor = "crosshair";
  canvas.addEventListener("pointerdown", (event) => {
    const inside = follow(event);
    if (inside && model.get("click")) state.press({ press: model.get("click"), values: state.values });
    else if (inside) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons && !model.get("click")) follow(event);
  });
}

function listenToKeys(stage, model, state, sliders) {
  const names = model.get("pointer");
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  stage.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (move && names.length) {
      const far = event.shiftKey ? 10 : 1;
      const target = names.map(
        (name, k) => state.values[name] + far * (move[k] || 0) * sliders[name].control.step,
      );
      moveTo(state, sliders, names, target);
    } else if (event.key === "Enter" && model.get("click")) {
      state.press({ press: model.get("click"), values: state.values });
    } else return;
    event.preventDefault();
  });
}

/** JupyterLab would take these keys for itself: arrows would choose another cell. */
function keepFromNotebook(event) {
  const ours = /^(Arrow|Page|Home|End|Enter| )/.test(event.key);
  if (ours && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}

/** The static image stands in for this figure wherever the figure cannot run; here it can. */
function hideStill(name) {
  for (const image of document.querySelectorAll(`img[data-still="${name}"]`)) {
    (image.closest(".jp-OutputArea-child") || image).style.display = "none";
  }
}

function render({ model, el }) {
  const root = element("div", el, { className: "moving" });
  root.addEventListener("keydown", keepFromNotebook);
  const stage = element("div", root, { className: "stage" });
  const canvas = element("canvas", stage);
  canvas.setAttribute("role", "img");
  const state = sender(model, () => (status.textContent = SILENCE));
  const sliders = addSliders(root, model, state);
  const again = addButtons(root, model, state);
  const status = element("p", root, { className: "status" });
  status.setAttribute("role", "status");
  if (model.get("pointer").length) {
    stage.tabIndex = 0;
    stage.setAttribute("role", "group");
    stage.setAttribute("aria-label", model.get("hint"));
  }
  const redraw = () => {
    drawScene(canvas, model.get("scene"));
    canvas.setAttribute("aria-label", model.get("scene").alt);
    status.textContent = model.get("status");
  };
  const adopt = () => {
    if (state.busy) return;
    state.values = { ...model.get("values") };
    for (const [name, { show }] of Object.entries(sliders)) show(state.values[name]);
  };
  const onScene = () => {
    clearTimeout(state.alarm);
    redraw();
    state.done();
    requestAnimationFrame(again);
  };
  model.on("change:scene", onScene);
  model.on("change:values", adopt);
  listenToPointer(canvas, model, state, sliders);
  listenToKeys(stage, model, state, sliders);
  const resized = new ResizeObserver(redraw);
  resized.observe(stage);
  adopt();
  redraw();
  hideStill(model.get("still"));
  return () => {
    clearTimeout(state.alarm);
    clearTimeout(state.timer);
    resized.disconnect();
    model.off("change:scene", onScene);
    model.off("change:values", adopt);
  };
}

export default { render };
