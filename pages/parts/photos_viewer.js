// Helpers of the place of photos, and the whole photo over everything else. The parts of the place are one script.
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(className, text, action) {
  const made = element("button", className, text);
  made.type = "button";
  made.onclick = (event) => {
    event.stopPropagation();
    action();
  };
  return made;
}

function isPicture(file) {
  return file.type.startsWith("image/") || APPLE.test(file.name);
}

class Viewer {
  constructor() {
    this.dialog = element("dialog");
    // Escape closes the photo, not the drawer behind it.
    this.dialog.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "ArrowLeft") this.turn(-1);
      if (event.key === "ArrowRight") this.turn(1);
      if (event.key === "Escape") {
        event.preventDefault();
        this.dialog.close();
      }
    };
  }

  look(photos, at, label) {
    if (!photos[at]?.full) return;
    Object.assign(this, {photos, at, label});
    const image = element("img");
    Object.assign(image, {src: photos[at].full, alt: `${label}第 ${at + 1} 张`});
    const stage = element("div", "stage");
    stage.onclick = (event) => (event.target === image ? stage.classList.toggle("whole") : this.dialog.close());
    stage.append(image);
    const close = button("", "关闭", () => this.dialog.close());
    const back = button("", "上一张", () => this.turn(-1));
    const next = button("", "下一张", () => this.turn(1));
    back.disabled = at === 0;
    next.disabled = at === photos.length - 1;
    const turn = element("div", "turn");
    if (photos.length > 1) turn.append(back, next);
    turn.append(close);
    const head = element("div", "head");
    head.append(element("span", "", `${label} ${at + 1}/${photos.length}`), turn);
    this.dialog.replaceChildren(head, stage);
    this.dialog.setAttribute("aria-label", `${label}的照片`);
    if (!this.dialog.open) this.dialog.showModal();
    close.focus();
  }

  turn(by) {
    this.look(this.photos, this.at + by, this.label);
  }
}
