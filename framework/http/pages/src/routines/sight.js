// Zooming and moving a drawing within its frame: wheel, fingers, mouse, keys and buttons.
const kLeast = 0.08;
const kMost = 2.5;

export function makeSight(frame, moved) {
  let at = { x: 0, y: 0, k: 1 };
  let size = { width: 1, height: 1 };
  const fingers = new Map();
  let wandered = 0;

  const room = () => frame.getBoundingClientRect();
  const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

  // Some of the drawing always stays to be seen.
  function set(next) {
    const { width, height } = room();
    const k = clamp(next.k, kLeast, kMost);
    const keep = 80;
    at = {
      k,
      x: clamp(next.x, keep - size.width * k, width - keep),
      y: clamp(next.y, keep - size.height * k, height - keep),
    };
    moved.setAttribute('transform', `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)}) scale(${at.k.toFixed(4)})`);
  }

  function zoom(factor, px = room().width / 2, py = room().height / 2) {
    const k = clamp(at.k * factor, kLeast, kMost);
    set({ k, x: px - ((px - at.x) * k) / at.k, y: py - ((py - at.y) * k) / at.k });
  }

  const move = (dx, dy) => set({ ...at, x: at.x + dx, y: at.y + dy });

  // At a size that can be read, from the top, with `x` in the middle.
  function begin(x = size.width / 2) {
    const { width } = room();
    const k = clamp((width - 8) / size.width, 0.85, 1);
    set({ k, x: size.width * k <= width ? (width - size.width * k) / 2 : width / 2 - x * k, y: 8 });
  }

  function all() {
    const { width, height } = room();
    const k = Math.min(width / size.width, height / size.height, 1);
    set({ k, x: (width - size.width * k) / 2, y: (height - size.height * k) / 2 });
  }

  // Brings a box of the drawing into the frame, if it is not there.
  function show(box, centred = false) {
    const { width, height } = room();
    const left = at.x + box.x * at.k;
    const top = at.y + box.y * at.k;
    const inside = left >= 12 && top >= 12 && left + box.width * at.k <= width - 12 && top + box.height * at.k <= height - 12;
    if (inside && !centred) return;
    set({ ...at, x: width / 2 - (box.x + box.width / 2) * at.k, y: height / 2 - (box.y + box.height / 2) * at.k });
  }

  frame.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { left, top } = room();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY * lines * 0.01), event.clientX - left, event.clientY - top);
    else move(-event.deltaX * lines, -event.deltaY * lines);
  }, { passive: false });

  frame.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) wandered = 0;
  });
  frame.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    wandered += Math.hypot(now.x - before.x, now.y - before.y);
    // Held only once it moves: a plain press stays a click on what lies below.
    if (wandered > 4 && !frame.hasPointerCapture(event.pointerId)) frame.setPointerCapture(event.pointerId);
    if (other) {
      const { left, top } = room();
      const apart = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      zoom(apart(now) / apart(before), (now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top);
    } else if (wandered > 4) {
      move(now.x - before.x, now.y - before.y);
    }
    fingers.set(event.pointerId, now);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    frame.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
  // The end of a drag is no click.
  frame.addEventListener('click', (event) => {
    if (wandered <= 4) return;
    event.stopPropagation();
    event.preventDefault();
    wandered = 0;
  }, true);

  return { zoom, move, begin, all, show, resize: (width, height) => { size = { width, height }; } };
}
