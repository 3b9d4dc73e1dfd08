const CARD_LINES = 6;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function chips(row) {
  return (row.m || []).map(([tone, text]) => element("span", `chip ${tone}`, text));
}

// A click opens a row; selecting text in it, to copy it, does not.
function openable(target, row, open) {
  target.tabIndex = 0;
  target.onclick = () => {
    if (!String(window.getSelection())) open(row.k);
  };
  target.onkeydown = (event) => {
    if (event.key === "Enter") open(row.k);
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

function tableOf(data, open) {
  const table = element("table");
  const head = table.createTHead().insertRow();
  head.append(element("th", "first", data.first || "检查"));
  for (const column of data.columns) {
    head.append(element("th", classOf(column), column.h));
  }
  const body = table.createTBody();
  for (const row of data.rows) {
    const line = body.insertRow();
    line.dataset.record = row.k;
    const first = element("td", "first");
    first.append(...chips(row));
    line.append(first);
    row.c.forEach((text, position) => {
      const cell = element("td", classOf(data.columns[position]), text);
      cell.title = text;
      mark(cell, row, position);
      line.append(cell);
    });
    openable(line, row, open);
  }
  const frame = element("div", "frame");
  frame.append(table);
  return frame;
}

function cardsOf(data, open) {
  const cards = element("div", "cards");
  const state = data.state ?? 0;
  for (const row of data.rows) {
    const card = element("div", "card");
    card.dataset.record = row.k;
    const names = data.naming.filter((position) => row.c[position]);
    const differ = names.filter((position, at) => names.findIndex((one) => row.c[one] === row.c[position]) === at);
    const named = differ.slice(0, 2);
    card.append(element("div", "title", named.map((position) => row.c[position]).join(" · ") || row.k));
    if (row.c[state]) card.append(element("span", "chip", row.c[state]));
    card.append(...chips(row));
    const list = element("dl");
    // What is wrong comes first, then what is filled.
    const filled = row.c.map((_, position) => position).filter((position) => position !== state && !named.includes(position));
    const wrong = filled.filter((position) => row.x && row.x[position] && row.x[position][0] !== "formula");
    const rest = filled.filter((position) => row.c[position] && !wrong.includes(position));
    for (const position of [...wrong, ...rest].slice(0, CARD_LINES)) {
      list.append(element("dt", "", data.columns[position].h));
      const value = element("dd", "", row.c[position] || "(空)");
      mark(value, row, position);
      list.append(value);
    }
    card.append(list);
    openable(card, row, open);
    cards.append(card);
  }
  return cards;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("#records");
  // Every refresh calls this again: what stands unchanged is left alone, with its scroll position and selection.
  const fresh = new TextDecoder().decode(data);
  if (root.fresh === fresh) return;
  root.fresh = fresh;
  const list = JSON.parse(fresh);
  const open = (key) => setTriggerValue("open", key);
  const before = root.querySelector(".frame");
  const [left, top] = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
  if (!list.rows.length) {
    root.replaceChildren(element("div", "empty", list.empty));
    return;
  }
  const frame = tableOf(list, open);
  root.replaceChildren(frame, cardsOf(list, open));
  frame.scrollLeft = left;
  frame.scrollTop = top;
}
