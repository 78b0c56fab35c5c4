/* The dialog that enlarges a figure: zoom and pan by wheel, pinch, drag, buttons and keys.
   `figures.js` fetches it at the first press, and calls `hbEnlarge(figure)`. */
(function () {
  "use strict";

  var MOST = 8; // times the size at which the whole figure fits
  var STEP = 1.25;
  var MARGIN = 12; // around the drawing, in its own units
  var dialog, stage, title, svg, home, view;
  var pointers = new Map();
  var moved = 0;

  function button(words, label, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  function build() {
    dialog = document.createElement("dialog");
    dialog.className = "hb-dialog";
    var bar = document.createElement("div");
    bar.className = "hb-dialog-bar";
    title = document.createElement("p");
    title.className = "hb-dialog-title";
    title.id = "hb-dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
    stage = document.createElement("div");
    stage.className = "hb-stage";
    stage.tabIndex = 0;
    stage.setAttribute("role", "group");
    stage.setAttribute("aria-label", "Figure. Plus and minus zoom, arrow keys move, 0 resets.");
    bar.append(
      title,
      button("\u2212", "Zoom out", function () { zoom(1 / STEP); }),
      button("+", "Zoom in", function () { zoom(STEP); }),
      button("Fit", "Show the whole figure", reset),
      button("Close", "Close", function () { dialog.close(); })
    );
    dialog.append(bar, stage);
    document.body.append(dialog);
    dialog.addEventListener("close", function () { stage.replaceChildren(); pointers.clear(); });
    dialog.addEventListener("keydown", onKey);
    // A click beside the dialog hits the dialog itself: its content fills it.
    dialog.addEventListener("click", function (event) {
      if (event.target === dialog) dialog.close();
    });
    stage.addEventListener("wheel", onWheel, { passive: false });
    stage.addEventListener("pointerdown", onDown);
    stage.addEventListener("pointermove", onMove);
    stage.addEventListener("pointerup", onUp);
    stage.addEventListener("pointercancel", onUp);
    // The end of a drag is no click on a link.
    stage.addEventListener("click", function (event) {
      if (moved > 5) event.preventDefault();
    }, true);
    stage.addEventListener("dragstart", function (event) { event.preventDefault(); });
  }

  function open(figure) {
    if (!dialog || !dialog.isConnected) build();
    var caption = figure.querySelector(".hb-caption");
    title.textContent = caption ? caption.textContent : "Figure";
    var all = Array.from(figure.querySelectorAll(".hb-view svg"));
    var shown = all.find(function (one) { return one.getClientRects().length; }) || all[0];
    var own = shown.getScreenCTM().a;
    svg = best(all[0], shown).cloneNode(true);
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.removeAttribute("aria-describedby");
    svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
    home = svg.getAttribute("viewBox").split(" ").map(Number);
    // A margin, so that nothing touches the rim.
    home = [home[0] - MARGIN, home[1] - MARGIN, home[2] + 2 * MARGIN, home[3] + 2 * MARGIN];
    stage.replaceChildren(svg);
    dialog.showModal();
    reset();
    start(own);
    stage.focus();
  }

  // The wide layout where it fits at nearly its size, else the one that the page shows.
  function best(wide, shown) {
    var box = wide.getAttribute("viewBox").split(" ").map(Number);
    var fit = Math.min(window.innerWidth / box[2], window.innerHeight / box[3]);
    return fit > 0.85 ? wide : shown;
  }

  // Who opens a figure wants it larger: never below its scale in the page, and on an upright screen
  // as wide as that, or half as large again. Of what does not fit, the beginning is in view.
  function start(own) {
    var box = stage.getBoundingClientRect();
    var room = [box.width, box.height];
    var wide = room[0] / home[2];
    var whole = Math.min(wide, room[1] / home[3]);
    var first = Math.max(own, whole, room[1] > room[0] ? Math.min(wide, own * 1.5) : 0);
    for (var axis = 0; axis < 2; axis += 1) {
      var size = home[axis + 2] * whole / first;
      var seen = room[axis] / first;
      var middle = (seen < home[axis + 2] - 2 * MARGIN ? seen : home[axis + 2]) / 2;
      view[axis] = home[axis] + middle - size / 2;
      view[axis + 2] = size;
    }
    show();
  }

  function show() {
    svg.setAttribute("viewBox", view.map(function (n) { return n.toFixed(2); }).join(" "));
  }

  function reset() {
    view = home.slice();
    show();
  }

  // Where a point of the window is in the drawing.
  function inside(x, y) {
    return new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  }

  function scale() {
    return svg.getScreenCTM().a;
  }

  function clamp() {
    for (var axis = 0; axis < 2; axis += 1) {
      var low = home[axis] - view[axis + 2] / 2;
      var high = home[axis] + home[axis + 2] - view[axis + 2] / 2;
      view[axis] = Math.min(Math.max(view[axis], low), high);
    }
  }

  function zoom(by, x, y) {
    var box = stage.getBoundingClientRect();
    var at = inside(x === undefined ? box.left + box.width / 2 : x,
      y === undefined ? box.top + box.height / 2 : y);
    var size = Math.min(Math.max(view[2] / by, home[2] / MOST), home[2] * 1.2);
    var ratio = size / view[2];
    view = [at.x - (at.x - view[0]) * ratio, at.y - (at.y - view[1]) * ratio, size, view[3] * ratio];
    clamp();
    show();
  }

  function pan(dx, dy) {
    var unit = scale();
    view[0] -= dx / unit;
    view[1] -= dy / unit;
    clamp();
    show();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var step = 60;
    var act = {
      "+": function () { zoom(STEP); },
      "=": function () { zoom(STEP); },
      "-": function () { zoom(1 / STEP); },
      "_": function () { zoom(1 / STEP); },
      "0": reset,
      ArrowLeft: function () { pan(step, 0); },
      ArrowRight: function () { pan(-step, 0); },
      ArrowUp: function () { pan(0, step); },
      ArrowDown: function () { pan(0, -step); }
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // the page's own shortcuts stay out
    act();
  }

  function onWheel(event) {
    event.preventDefault();
    var lines = event.deltaMode === 1 ? 18 : 1;
    zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
  }

  function onDown(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  function onMove(event) {
    var last = pointers.get(event.pointerId);
    if (!last) return;
    var dx = event.clientX - last.x;
    var dy = event.clientY - last.y;
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved > 5) {
      // Only now: a captured pointer would keep clicks from links.
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("hb-dragging");
    }
    if (pointers.size === 1) {
      pan(dx, dy);
    } else if (pointers.size === 2) {
      var other;
      pointers.forEach(function (place, id) { if (id !== event.pointerId) other = place; });
      var before = Math.hypot(last.x - other.x, last.y - other.y) || 1;
      var after = Math.hypot(event.clientX - other.x, event.clientY - other.y) || 1;
      pan(dx / 2, dy / 2);
      zoom(after / before, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
    }
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  function onUp(event) {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) stage.classList.remove("hb-dragging");
  }

  window.hbEnlarge = open;
})();
