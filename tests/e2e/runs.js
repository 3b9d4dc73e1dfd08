// Remembers when this page last asked for a run of its script, and when the console last said that one had finished: what
// the screen says about that comes only once the console has taken the question up, which on a busy machine takes a while.
(() => {
  const RERUN = 11, FINISHED = 6; // fields of Streamlit's BackMsg and ForwardMsg
  const BYTES = 2, FIXED = {1: 8, 5: 4};
  const runs = (window.streamlitRuns = {asked: 0, finished: 0});

  // Is this one of the fields of the protobuf message?
  function has(field, data) {
    const bytes = new Uint8Array(data);
    let at = 0;
    const number = () => {
      let value = 0, factor = 1, byte;
      do {
        byte = bytes[at++];
        value += (byte & 127) * factor;
        factor *= 128;
      } while (byte & 128);
      return value;
    };
    while (at < bytes.length) {
      const tag = number(), kind = tag & 7;
      if (tag >> 3 === field) return true;
      if (kind === BYTES) {
        const length = number();
        at += length;
      } else if (kind in FIXED) at += FIXED[kind];
      else number();
    }
    return false;
  }

  // For tests/e2e/overheard.py.
  for (const kind of ["pointerdown", "pointerup", "click", "keydown"]) {
    const say = (event) => {
      const what = event.composedPath()[0];
      console.debug(kind, event.key ?? "", what.localName ?? "", (what.textContent ?? "").slice(0, 40));
    };
    window.addEventListener(kind, say, true);
  }

  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({data}) => {
        if (!(data instanceof ArrayBuffer) || !has(FINISHED, data)) return;
        runs.finished = performance.now();
        console.debug("a run has finished");
      });
    }

    send(data) {
      if (typeof data !== "string" && has(RERUN, data)) runs.asked = performance.now();
      super.send(data);
    }
  };
})();
