const CARD_LINES = 6;
const CLICKED = 250; // ms: a finger's click may come that much later than the finger is up

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(className, text, pressed) {
  const made = element("button", className, text);
  made.type = "button";
  made.onclick = (event) => {
    event.stopPropagation();
    pressed(event);
  };
  return made;
}

function chips(row) {
  return (row.m || []).map(([tone, text]) => element("span", `chip ${tone}`, text));
}

// What is selected lives in this tab: it outlasts the page turned, the refresh, a reload and a restart of the server.
function selection(select) {
  const place = `console-selected-${select.key}`;
  const held = () => JSON.parse(sessionStorage.getItem(place) || "[]");
  return {
    held,
    has: (key) => held().includes(key),
    put: (keys) => sessionStorage.setItem(place, JSON.stringify([...new Set(keys)].slice(0, select.most))),
  };
}

function pickable(list) {
  return list.rows.filter((row) => !row.n).map((row) => row.k);
}

// A box to select one record: a label around it, so that a thumb finds it.
function tick(row, list, act) {
  const label = element("label", "tick");
  label.onclick = (event) => event.stopPropagation();
  if (row.n) return label;
  const box = element("input");
  box.type = "checkbox";
  box.tabIndex = -1;
  box.dataset.tick = row.k;
  box.setAttribute("aria-label", `选择 ${row.k}`);
  box.onclick = (event) => act.toggle(row.k, event.shiftKey);
  label.append(box);
  return label;
}

// A click opens a row; selecting text in it, to copy it, does not. One row is reached by Tab, the others by arrow keys.
function openable(target, row, at, act) {
  target.tabIndex = at ? -1 : 0;
  target.onclick = () => {
    if (!String(window.getSelection())) act.open(row.k);
  };
  target.onkeydown = (event) => {
    if (event.target !== target) return;
    const next = { ArrowDown: target.nextElementSibling, ArrowUp: target.previousElementSibling,
      Home: target.parentElement.firstElementChild, End: target.parentElement.lastElementChild }[event.key];
    if (event.key === "Enter") act.open(row.k);
    else if (event.key === " " && act.toggle && !row.n) act.toggle(row.k, event.shiftKey);
    else if (next) {
      target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    } else if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) && (event.key !== " " || !act.toggle)) return;
    event.preventDefault();
  };
}

function classOf(column) {
  return [column.r && "right", column.o && "own", column.w && "wide"].filter(Boolean).join(" ");
}

function mark(cell, row, position) {
  const found = row.x && row.x[position];
  if (!found) return;
  cell.classList.add(found[0]);
  if (found[1]) cell.title = found[1];
}

function headOf(column, act) {
  const head = element("th", classOf(column));
  if (!column.s) {
    head.textContent = column.h;
    return head;
  }
  const sign = { up: " ▲", down: " ▼" }[column.d] || "";
  head.append(button("sort", column.h + sign, () => act.sort(column.s)));
  head.setAttribute("aria-sort", { up: "ascending", down: "descending" }[column.d] || "none");
  return head;
}

function tableOf(list, act) {
  const table = element("table");
  const head = table.createTHead().insertRow();
  const corner = element("th", "first");
  if (list.select) {
    const all = element("input");
    all.type = "checkbox";
    all.className = "all";
    all.setAttribute("aria-label", "选择这一页的全部记录");
    all.onclick = () => act.page(all.checked);
    corner.append(all);
  }
  corner.append(element("span", "", list.first || "检查"));
  head.append(corner);
  for (const column of list.columns) head.append(headOf(column, act));
  const body = table.createTBody();
  list.rows.forEach((row, at) => {
    const line = body.insertRow();
    line.dataset.record = row.k;
    const first = element("td", "first");
    if (list.select) first.append(tick(row, list, act));
    first.append(...chips(row));
    line.append(first);
    row.c.forEach((text, position) => {
      const cell = element("td", classOf(list.columns[position]), text);
      cell.title = text;
      mark(cell, row, position);
      line.append(cell);
    });
    openable(line, row, at, act);
  });
  const frame = element("div", "frame");
  frame.append(table);
  return frame;
}

function cardsOf(list, act) {
  const cards = element("div", "cards");
  const state = list.state ?? 0;
  list.rows.forEach((row, at) => {
    const card = element("div", "card");
    card.dataset.record = row.k;
    const names = list.naming.filter((position) => row.c[position]);
    const differ = names.filter((position, at) => names.findIndex((one) => row.c[one] === row.c[position]) === at);
    const named = differ.slice(0, 2);
    if (list.select) card.append(tick(row, list, act));
    card.append(element("div", "title", named.map((position) => row.c[position]).join(" · ") || row.k));
    if (row.c[state]) card.append(element("span", "chip", row.c[state]));
    card.append(...chips(row));
    const lines = element("dl");
    // What is wrong comes first, then what is filled.
    const filled = row.c.map((_, position) => position).filter((position) => position !== state && !named.includes(position));
    const wrong = filled.filter((position) => row.x && row.x[position] && row.x[position][0] !== "formula");
    const rest = filled.filter((position) => row.c[position] && !wrong.includes(position));
    for (const position of [...wrong, ...rest].slice(0, CARD_LINES)) {
      lines.append(element("dt", "", list.columns[position].h));
      const value = element("dd", "", row.c[position] || "(空)");
      mark(value, row, position);
      lines.append(value);
    }
    card.append(lines);
    openable(card, row, at, act);
    cards.append(card);
  });
  return cards;
}

// How many are selected, and what can be done with them. Empty while nothing is.
function drawBar(root, list, act) {
  const held = act.selected.held();
  const bar = root.querySelector(".bar");
  const here = pickable(list);
  const away = held.filter((key) => !here.includes(key)).length;
  bar.hidden = !held.length;
  bar.replaceChildren(element("b", "", `已选 ${held.length} 条`));
  if (away) bar.append(element("span", "away", `其中 ${away} 条不在这一页`));
  bar.append(button("main", "批量操作", () => act.act(held)));
  if (list.select.total > here.length) {
    const most = list.select.most;
    const said = list.select.total > most ? `选择符合条件的前 ${most} 条` : `选择符合条件的全部 ${list.select.total} 条`;
    bar.append(button("", said, act.every));
  }
  bar.append(button("", "取消选择", () => act.set([])));
  for (const box of root.querySelectorAll("[data-tick]")) {
    box.checked = held.includes(box.dataset.tick);
    box.closest("[data-record]").classList.toggle("picked", box.checked);
  }
  const all = root.querySelector("input.all");
  if (all) {
    const count = here.filter((key) => held.includes(key)).length;
    all.checked = here.length > 0 && count === here.length;
    all.indeterminate = count > 0 && count < here.length;
  }
}

function selecting(root, list, act, setTriggerValue) {
  const selected = selection(list.select);
  act.selected = selected;
  act.set = (keys) => {
    selected.put(keys);
    drawBar(root, list, act);
  };
  act.toggle = (key, upTo) => {
    const here = pickable(list);
    const held = selected.held();
    const add = !held.includes(key);
    const [one, other] = [here.indexOf(root.last), here.indexOf(key)].sort((a, b) => a - b);
    const several = upTo && one >= 0 ? here.slice(one, other + 1) : [key];
    root.last = key;
    act.set(add ? [...held, ...several] : held.filter((held) => !several.includes(held)));
  };
  act.page = (add) => {
    const here = pickable(list);
    const rest = selected.held().filter((key) => !here.includes(key));
    act.set(add ? [...rest, ...here] : rest);
  };
  act.act = (keys) => setTriggerValue("act", keys);
  act.every = () => setTriggerValue("every", true);
  // All that match come from the server, once for each time they were asked for; so does the end of an action.
  const place = `console-told-${list.select.key}`;
  if (list.select.told && sessionStorage.getItem(place) !== list.select.told) {
    sessionStorage.setItem(place, list.select.told);
    selected.put(list.select.keys);
  }
}

// Every refresh calls this again: what stands unchanged is left alone, with its scroll position and selection.
function draw(root, fresh, setTriggerValue) {
  if (root.fresh === fresh) return;
  root.fresh = fresh;
  const list = JSON.parse(fresh);
  const act = { open: (key) => setTriggerValue("open", key), sort: (column) => setTriggerValue("sort", column) };
  if (list.select) selecting(root, list, act, setTriggerValue);
  const before = root.querySelector(".frame");
  const [left, top] = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
  const focused = root.getRootNode().activeElement?.closest("[data-record]");
  const bar = element("div", "bar");
  bar.setAttribute("role", "status");
  bar.hidden = true;
  if (!list.rows.length) {
    root.replaceChildren(bar, element("div", "empty", list.empty));
    if (list.select) drawBar(root, list, act);
    return;
  }
  const frame = tableOf(list, act);
  root.replaceChildren(bar, frame, cardsOf(list, act));
  frame.scrollLeft = left;
  frame.scrollTop = top;
  if (list.select) drawBar(root, list, act);
  if (focused) {
    const kind = focused.tagName === "TR" ? "tr" : ".card";
    const same = [...root.querySelectorAll(`${kind}[data-record]`)].find((one) => one.dataset.record === focused.dataset.record);
    if (same) {
      for (const other of same.parentElement.children) other.tabIndex = -1;
      same.tabIndex = 0;
      same.focus({ preventScroll: true });
    }
  }
}

// A press that began here belongs to what it began on: what comes meanwhile is drawn after it, else the click would meet
// nothing, and text that is being selected would be let go of.
function whilePressed(root) {
  root.gone?.abort();
  root.gone = new AbortController();
  const { signal } = root.gone;
  root.addEventListener("pointerdown", (event) => (root.pressed ||= event.button === 0), { signal });
  const release = () => {
    if (!root.pressed) return;
    root.pressed = false;
    setTimeout(() => root.pressed || root.late(), CLICKED);
  };
  for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, release, { signal });
  return () => root.gone.abort();
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("#records");
  const fresh = new TextDecoder().decode(data);
  root.late = () => draw(root, fresh, setTriggerValue);
  if (!root.pressed) root.late();
  return whilePressed(root);
}
