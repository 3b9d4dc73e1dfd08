const EVERY = 2000;
// Several places of one page ask the same: the first question serves all. Kept where every copy of this script finds it.
const asked = (window.consolePulse ??= new Map());

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

async function tick(root) {
  if (document.hidden) return;
  const now = await ask(root.url);
  if (!now || !root.isConnected) return;
  if (now.version !== root.version) {
    root.version = now.version;
    root.move();
  } else if (root.chips.length) {
    draw(root, now.chips);
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("#pulse");
  root.url = data.url;
  root.version = data.version;
  root.chips = data.chips;
  root.move = () => setTriggerValue("pulse_moved", root.version);
  draw(root, root.chips);
  root.timer ??= setInterval(() => tick(root), EVERY);
  return () => {
    clearInterval(root.timer);
    root.timer = undefined;
  };
}
