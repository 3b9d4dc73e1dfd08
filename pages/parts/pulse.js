const EVERY = 2000;
const APART = 50;
const AGAIN = 5000;
// A click of the very same moment would go along (see pages/parts/asked.py), so one that is waiting to be handled goes before.
const whenIdle = window.requestIdleCallback ?? ((then) => then());
// Shared by all places of a page, so kept where every copy of this script finds it. Several ask the same: the first
// question serves all. They move one after another: of two in the same moment Streamlit draws only the first again.
const { asked, queue } = (window.consolePulse ??= { asked: new Map(), queue: { free: 0 } });

function ask(url) {
  const known = asked.get(url);
  if (known && performance.now() - known.at < EVERY / 2) return known.answer;
  const answer = fetch(url, { cache: "no-store", headers: { accept: "application/json" } })
    .then((reply) => (reply.ok ? reply.json() : reply.status === 401 ? { version: "signed out" } : null))
    .catch(() => null); // while there is no console to ask, Streamlit says so
  asked.set(url, { at: performance.now(), answer });
  return answer;
}

function draw(root, chips) {
  root.replaceChildren(
    ...chips.map(([tone, text]) => {
      const chip = document.createElement("span");
      chip.className = `chip ${tone}`;
      chip.textContent = text;
      return chip;
    }),
  );
}

function move(root, version) {
  const now = performance.now();
  if (root.moving === version && now < root.movedAt + AGAIN) return; // on its way
  [root.moving, root.movedAt] = [version, Math.max(now, queue.free)];
  queue.free = root.movedAt + APART;
  setTimeout(() => whenIdle(() => root.isConnected && root.move()), root.movedAt - now);
}

async function tick(root) {
  if (document.hidden) return;
  const now = await ask(root.url);
  if (!now || !root.isConnected) return;
  if (now.version !== root.version) {
    move(root, now.version);
  } else if (root.chips.length) {
    draw(root, now.chips);
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("#pulse");
  root.url = data.url;
  root.version = data.version;
  root.chips = data.chips;
  root.move = () => setTriggerValue("pulse_moved", root.moving);
  draw(root, root.chips);
  root.timer ??= setInterval(() => tick(root), EVERY);
  return () => {
    clearInterval(root.timer);
    root.timer = undefined;
  };
}
