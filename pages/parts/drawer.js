// What the drawer's fields need beyond Streamlit: nothing typed is lost before it has reached the server, and the keyboard
// goes all the way. Streamlit sends a text when its field is left; until the server says that it heard it, the text is kept
// in this tab's sessionStorage (under the person and the record) and put back into the field that is drawn anew: after a
// reload, a reconnect, a restart of the console, or when a new record's form moves into its tabs.
(() => {
  const STORE = "console-unsent", DRAWER = '[data-testid="stDialog"]', TYPED = "input,textarea";
  const typedInto = new Map(); // by id: the very field that holds the text, so that it is not put back there
  let refused = "";

  const app = () => document.querySelector('[data-testid="stApp"]');
  const isConnected = () => app()?.dataset.testConnectionState === "CONNECTED";

  // What the server says of the open drawer: who, place (register/record), number (of this opening), heard, refused, wrong.
  function opened() {
    const mark = document.querySelector(`${DRAWER} [data-open]`);
    return mark ? JSON.parse(mark.dataset.open) : null;
  }

  // A field's id is the key of its widget without the number of the opening.
  function idOf(field, one) {
    for (let at = field; at && !at.matches(DRAWER); at = at.parentElement) {
      const key = [...at.classList].find((name) => name.startsWith("st-key-") && name.includes(one.number));
      if (key) return key.slice(7).replace(one.number, "");
    }
    return "";
  }

  function fields(one) {
    const found = new Map();
    for (const field of document.querySelectorAll(`${DRAWER} input[type=text],${DRAWER} textarea`)) {
      const id = field.getAttribute("role") === "combobox" ? "" : idOf(field, one);
      if (id && !found.has(id)) found.set(id, field);
    }
    return found;
  }

  function kept() {
    return JSON.parse(sessionStorage.getItem(STORE) || "{}");
  }

  function keep(one, change) {
    const all = kept(), place = `${one.who}\n${one.place}`, texts = all[place] || {};
    change(texts);
    if (Object.keys(texts).length) all[place] = texts;
    else delete all[place];
    sessionStorage.setItem(STORE, JSON.stringify(all));
  }

  function put(field, text) {
    const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", {bubbles: true}));
    if (document.activeElement === field) return; // it is sent when the field is left
    requestAnimationFrame(() => field.dispatchEvent(new FocusEvent("focusout", {bubbles: true})));
  }

  // A new record has its place once it is saved; what is typed since then belongs there.
  function move(one) {
    const all = kept(), was = `${one.who}\n${one.before}`;
    if (!one.before || !all[was]) return;
    const texts = all[was];
    delete all[was];
    sessionStorage.setItem(STORE, JSON.stringify(all));
    keep(one, (now) => Object.assign(now, texts));
  }

  // After every drawing: what the server heard is forgotten, what it did not hear goes back into fields drawn anew.
  function restore(one) {
    move(one);
    const texts = kept()[`${one.who}\n${one.place}`];
    if (!texts) return;
    const heard = Object.keys(texts).filter((id) => one.heard[id] === texts[id]);
    if (heard.length) keep(one, (all) => heard.forEach((id) => delete all[id]));
    const there = fields(one);
    for (const [id, text] of Object.entries(texts)) {
      const field = there.get(id);
      if (heard.includes(id) || !field || field.disabled || typedInto.get(id) === field) continue;
      typedInto.set(id, field);
      if (field.value !== text) put(field, text);
    }
  }

  function focusWrong(one) {
    const at = one.refused && one.refused !== refused && document.querySelector(`${DRAWER} .st-key-${one.wrong}`);
    if (!at) return;
    refused = one.refused;
    const field = at.querySelector(TYPED) || at.querySelector("button");
    at.scrollIntoView({block: "center"});
    field?.focus({preventScroll: true});
  }

  // A console that was started anew does not know what was open: when the drawer is gone after the connection came back,
  // the address names its record, and the page is asked for again as the browser's own 后退 would.
  let lost = null, since = 0;
  function reopen() {
    if (!lost || !isConnected() || app().dataset.testScriptState !== "notRunning") return;
    since ||= performance.now();
    const [register, record] = lost.place.split("/"), address = new URL(location.href);
    if (opened()) {
      if (performance.now() - since > 10000) lost = null; // it was the line only, and the console still knows
      return;
    }
    lost = null;
    if (!address.pathname.endsWith(`/${register}`)) return;
    address.searchParams.set("record", record || "new");
    history.replaceState(history.state, "", address);
    dispatchEvent(new PopStateEvent("popstate", {state: history.state}));
  }

  document.addEventListener("input", ({target}) => {
    const one = target.matches(`${DRAWER} :is(${TYPED})`) && target.getAttribute("role") !== "combobox" && opened();
    const id = one && idOf(target, one);
    if (!id) return;
    typedInto.set(id, target);
    keep(one, (texts) => { texts[id] = target.value; });
  }, true);

  // What a field holds that is left as it was found is what the server knows already.
  const found = new WeakMap();
  document.addEventListener("focusin", ({target}) => {
    if (target.matches(TYPED)) found.set(target, target.value);
  }, true);
  document.addEventListener("focusout", ({target}) => {
    const one = target.matches(`${DRAWER} :is(${TYPED})`) && found.get(target) === target.value && opened();
    const id = one && idOf(target, one);
    if (id && kept()[`${one.who}\n${one.place}`]?.[id] === target.value) keep(one, (texts) => { delete texts[id]; });
  }, true);

  const nextFrames = (then) => requestAnimationFrame(() => requestAnimationFrame(then));

  document.addEventListener("keydown", (event) => {
    const field = event.target, inside = field.closest?.(DRAWER);
    if (!inside || event.isComposing) return;
    const isList = field.getAttribute("role") === "combobox";
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const visible = [...inside.querySelectorAll('button[kind="primary"]')].find((one) => one.checkVisibility());
      if (!visible) return;
      event.preventDefault();
      event.stopPropagation();
      field.blur?.();
      nextFrames(() => visible.click());
    } else if (event.key === "Escape" && field.matches(TYPED) && !isList) {
      // Left first: a field that vanishes with the drawer would take its text along.
      event.preventDefault();
      event.stopPropagation();
      field.blur();
      nextFrames(() => {
        const again = new KeyboardEvent("keydown", {key: "Escape", code: "Escape", bubbles: true, cancelable: true});
        (inside.querySelector('[role="dialog"]') || inside).dispatchEvent(again);
      });
    } else if (event.key === "Tab" && isList && field.getAttribute("aria-expanded") === "true") {
      // Typed in full: leaving the list chooses it.
      const options = [...document.querySelectorAll('[role="option"]')].map((one) => one.textContent);
      const text = field.value.trim();
      if (text && options.some((one) => one === text || one === `填写“${text}”` || one === `Add: ${text}`)) {
        for (const kind of ["keydown", "keyup"]) {
          field.dispatchEvent(new KeyboardEvent(kind, {key: "Enter", code: "Enter", bubbles: true, cancelable: true}));
        }
      }
    }
  }, true);

  setInterval(() => {
    const one = opened();
    if (one && app() && !isConnected()) [lost, since] = [one, 0];
    reopen();
    if (!one || !isConnected()) return;
    restore(one);
    if (app().dataset.testScriptState === "notRunning") focusWrong(one);
  }, 200);
})();
