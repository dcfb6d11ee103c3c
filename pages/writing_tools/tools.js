// Puts pieces into a text area where the cursor is, so that the browser's own undo knows them, and counts as one types.
const FIELD = /\{([^{}|]*)\|?([^{}]*)\}/g;
const PAUSE = 1200; // milliseconds without a key before the count is read out

function parts(text, sms) {
  const basic = new Set(sms.basic);
  const extended = new Set(sms.extended);
  let length = 0;
  for (const character of text) {
    if (extended.has(character)) length += 2;
    else if (basic.has(character)) length += 1;
    else return divide(text.length, sms.other);
  }
  return divide(length, sms.gsm);
}

const divide = (length, [single, several]) => (length <= single ? 1 : Math.ceil(length / several));

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export default function (component) {
  const { data, parentElement } = component;
  const tools = parentElement.querySelector(".tools");
  const open = tools.dataset.open;
  const box = () => document.querySelector(data.box);
  tools.replaceChildren();
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Put into the text");

  // Where nobody has put a cursor yet, a piece goes to the end.
  const touched = (area) => {
    if (!area.dataset.touched && document.activeElement !== area) area.selectionStart = area.value.length;
    area.dataset.touched = "yes";
  };
  const put = (piece) => {
    const area = box();
    if (!area || area.disabled) return;
    touched(area);
    area.focus();
    if (!document.execCommand("insertText", false, piece)) {
      area.setRangeText(piece, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const sentence = (text) => {
    const area = box();
    if (!area) return;
    area.selectionStart = area.selectionEnd = area.value.length;
    area.dataset.touched = "yes";
    put((area.value && !/\s$/.test(area.value) ? " " : "") + text);
  };
  const button = (label, act, properties = {}) => {
    const made = element("button", { type: "button", ...properties }, label);
    made.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays where it is
    made.addEventListener("click", act);
    return made;
  };

  for (const name of data.columns)
    tools.append(button(`{${name}}`, () => put(`{${name}}`), { className: "chip", ariaLabel: `Put in the column ${name}` }));

  if (data.columns.length) {
    const column = element("select", {}, ...data.columns.map((name) => element("option", { value: name }, name)));
    const words = element("input", { type: "text", maxLength: 100, placeholder: "friend" });
    const menu = element("details", { className: "fallback" }, element("summary", {}, "If the cell is blank…"));
    const insert = button("Put it in", () => {
      put(`{${column.value}|${words.value.replace(/[{}]/g, "")}}`);
      menu.open = false;
    });
    menu.append(
      element(
        "div",
        { className: "panel" },
        element("label", {}, "Column", column),
        element("label", {}, "Where the cell is blank, write", words),
        insert,
      ),
    );
    tools.append(menu);
  }

  const emoji = element("details", { className: "emoji" }, element("summary", {}, "Emoji"));
  const faces = data.emoji.map((one) => button(one.text, () => put(one.text), { ariaLabel: one.name }));
  emoji.append(element("div", { className: "panel" }, ...faces));
  emoji.open = open === "emoji";
  emoji.addEventListener("toggle", () => (tools.dataset.open = emoji.open ? "emoji" : ""));
  tools.append(emoji);
  const undo = (command) => () => {
    box()?.focus();
    document.execCommand(command);
  };
  tools.append(button("Undo", undo("undo")), button("Redo", undo("redo")));
  const offered = data.sentences.map((one) => {
    const made = button(one.label, () => sentence(one.text));
    tools.append(made);
    return [made, one.text];
  });

  const shown = element("p", { className: "count" });
  const spoken = element("span", { className: "silent", role: "status" });
  tools.append(shown, spoken);
  let pause;
  const count = (spokenToo) => {
    const text = box()?.value ?? "";
    const filled = text.replace(FIELD, (_field, name, fallback) => fallback || name);
    const several = parts(filled, data.sms);
    const merged = filled === text ? "" : "; longer or shorter with each person's own words";
    const words = `${[...filled].length} characters; ${several} SMS ${several === 1 ? "part" : "parts"} for who gets text only${merged}.`;
    shown.textContent = words;
    for (const [made, piece] of offered) made.hidden = text.toLowerCase().includes(piece.toLowerCase());
    clearTimeout(pause);
    if (spokenToo) pause = setTimeout(() => (spoken.textContent = words), PAUSE);
  };
  const typed = (event) => {
    if (event.target === box()) count(true);
  };
  const focused = (event) => {
    if (event.target === box()) event.target.dataset.touched = "yes";
  };
  const closeMenus = () => {
    for (const menu of tools.querySelectorAll("details")) menu.open = false;
  };
  const escaped = (event) => {
    if (event.key === "Escape") closeMenus();
  };
  const elsewhere = (event) => {
    if (!event.composedPath().includes(tools)) closeMenus(); // an open menu lies over the phone
  };
  document.addEventListener("input", typed, true);
  document.addEventListener("focusin", focused, true);
  document.addEventListener("pointerdown", elsewhere, true);
  tools.addEventListener("keydown", escaped);
  const first = setInterval(() => {
    if (box()) {
      clearInterval(first);
      count(false);
    }
  }, 100);
  return () => {
    clearInterval(first);
    clearTimeout(pause);
    document.removeEventListener("input", typed, true);
    document.removeEventListener("focusin", focused, true);
    document.removeEventListener("pointerdown", elsewhere, true);
    tools.removeEventListener("keydown", escaped);
  };
}
