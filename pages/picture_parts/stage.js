// The picture with its layers: moved and sized by mouse, touch and keyboard. Tells Python when a layer has moved.
const LEAST = 0.02;
const STEP = 0.01;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function moved(box, dx, dy) {
  return { ...box, x: clamp(box.x + dx, 0, 1 - box.width), y: clamp(box.y + dy, 0, 1 - box.height) };
}

function sized(box, dx, dy) {
  return {
    ...box,
    width: clamp(box.width + dx, LEAST, 1 - box.x),
    height: clamp(box.height + dy, LEAST, 1 - box.y),
  };
}

function place(element, box) {
  element.style.left = `${box.x * 100}%`;
  element.style.top = `${box.y * 100}%`;
  element.style.width = `${box.width * 100}%`;
  element.style.height = `${box.height * 100}%`;
}

const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const stage = parentElement.querySelector(".stage");
  const focused = stage.querySelector(".layer:focus")?.dataset.index;
  stage.replaceChildren();
  const image = document.createElement("img");
  image.src = data.image;
  image.alt = data.alt;
  image.draggable = false;
  stage.append(image);

  data.layers.forEach((layer, index) => {
    let box = layer.box;
    const element = document.createElement("div");
    element.className = index === data.selected ? "layer selected" : "layer";
    element.tabIndex = 0;
    element.dataset.index = index;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", `${layer.label}. ${data.help}`);
    const handle = document.createElement("span");
    handle.className = "handle";
    element.append(handle);
    place(element, box);
    stage.append(element);
    const tell = () => setTriggerValue("moved", { index, box, revision: data.revision });

    element.addEventListener("pointerdown", (down) => {
      const change = down.target === handle ? sized : moved;
      const start = box;
      element.setPointerCapture(down.pointerId);
      element.focus();
      down.preventDefault();
      const follow = (event) => {
        const size = stage.getBoundingClientRect();
        box = change(start, (event.clientX - down.clientX) / size.width, (event.clientY - down.clientY) / size.height);
        place(element, box);
      };
      const end = () => {
        element.removeEventListener("pointermove", follow);
        tell();
      };
      element.addEventListener("pointermove", follow);
      element.addEventListener("pointerup", end, { once: true });
      element.addEventListener("pointercancel", end, { once: true });
    });

    let waiting;
    element.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      box = (event.shiftKey ? sized : moved)(box, ...step);
      place(element, box);
      clearTimeout(waiting);
      waiting = setTimeout(tell, 300); // one line of undo for a series of key presses
    });
    if (String(index) === focused) element.focus();
  });
}
