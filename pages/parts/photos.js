// The place of a column of photos. Photos go to the server one after the other, at once; the names of those that are there
// are the value of the column. Until a list that was sent comes back (`count`), what the server draws is older than ours.
const places = (window.consolePhotoPlaces ||= new Set());

class Place {
  constructor(root) {
    this.root = root;
    this.photos = [];
    this.away = []; // taken out, to be put back
    this.count = 0;
    this.viewer = new Viewer();
    this.queue = new Queue(() => this.draw(), (photo) => this.arrived(photo));
    this.build();
    places.add(this);
    for (const other of places) if (!other.root.isConnected && other !== this) places.delete(other);
  }

  build() {
    this.place = element("div", "place");
    this.place.setAttribute("role", "group");
    this.tiles = element("div", "tiles");
    this.bar = element("div", "bar");
    const choose = this.input({multiple: true});
    const camera = this.input({capture: "environment"});
    const shoot = button("touch", "拍照", () => camera.click());
    this.hint = element("span", "hint desk", "也可以拖到这里,或点一下这里再按 Ctrl+V 粘贴截图");
    this.bar.append(shoot, button("", "选择照片", () => choose.click()), this.hint, choose, camera);
    this.note = element("div", "note");
    this.note.setAttribute("role", "status");
    this.place.append(this.tiles, this.bar, this.note);
    this.root.replaceChildren(this.place, this.viewer.dialog);
    this.place.onpointerdown = () => (window.consolePhotoPlace = this);
    this.place.onfocus = () => (window.consolePhotoPlace = this);
    this.place.ondragover = (event) => {
      if (this.to && [...event.dataTransfer.types].includes("Files")) {
        event.preventDefault();
        this.place.classList.add("over");
      }
    };
    this.place.ondragleave = () => this.place.classList.remove("over");
    this.place.ondrop = (event) => {
      this.place.classList.remove("over");
      if (!this.to) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    };
  }

  input(more) {
    const input = element("input");
    Object.assign(input, {type: "file", accept: "image/jpeg,image/png,image/webp"}, more);
    if (more.capture) input.setAttribute("capture", more.capture);
    input.onchange = () => {
      this.add([...input.files]);
      input.value = "";
    };
    return input;
  }

  take(data, send) {
    this.send = send;
    const fresh = JSON.stringify(data);
    if (this.fresh === fresh) return;
    this.fresh = fresh;
    this.label = data.label;
    this.place.setAttribute("aria-label", `${data.label}:照片`);
    this.to = data.to;
    Object.assign(this.queue, {to: data.to, most: data.most});
    if (data.to) this.place.tabIndex = 0;
    else this.place.removeAttribute("tabindex");
    if (data.stands !== this.stands) this.away = []; // saved, or another record's
    this.stands = data.stands;
    if (data.count >= this.count) {
      this.count = data.count;
      this.photos = data.photos;
    }
    this.draw();
  }

  // -- what comes and goes ---------------------------------------------------------------------------------------------

  add(files) {
    const pictures = files.filter(isPicture);
    this.note.textContent = pictures.length < files.length ? "不是照片的文件没有上传。可以上传 JPG、PNG 和 WebP 照片。" : "";
    this.queue.add(pictures);
  }

  arrived(photo) {
    if (this.photos.some((other) => other.name === photo.name)) {
      this.note.textContent = "这张照片已经在这里了,没有重复放。";
      return;
    }
    this.photos = [...this.photos, photo];
    this.tell();
  }

  remove(photo) {
    this.away.push({photo, at: this.photos.indexOf(photo)});
    this.photos = this.photos.filter((other) => other !== photo);
    this.tell();
    this.draw();
  }

  putBack(entry) {
    this.away = this.away.filter((other) => other !== entry);
    if (!this.photos.some((other) => other.name === entry.photo.name)) {
      this.photos = [...this.photos.slice(0, entry.at), entry.photo, ...this.photos.slice(entry.at)];
      this.tell();
    }
    this.draw();
  }

  tell() {
    this.count += 1;
    this.send({count: this.count, names: this.photos.map((photo) => photo.name)});
  }

  // -- drawing ---------------------------------------------------------------------------------------------------------

  draw() {
    const locked = !this.to;
    this.place.classList.toggle("locked", locked);
    this.bar.hidden = locked;
    this.bar.style.display = locked ? "none" : "";
    const held = this.root.getRootNode().activeElement?.dataset?.act;
    const tiles = this.photos.map((photo, at) => this.tile(photo, at, locked));
    tiles.push(...this.away.map((entry) => this.ghost(entry)), ...this.queue.going.map((one) => this.onItsWay(one)));
    if (locked && !tiles.length) tiles.push(element("span", "hint", "还没有照片。"));
    this.tiles.replaceChildren(...tiles);
    if (held) this.tiles.querySelector(`[data-act="${CSS.escape(held)}"]`)?.focus();
  }

  frame(photo, name) {
    if (!photo.small) return element("div", "frame", "找不到照片");
    const frame = button("frame", "", () => this.viewer.look(this.photos, this.photos.indexOf(photo), this.label));
    frame.setAttribute("aria-label", `放大${name}`);
    frame.dataset.act = `look-${photo.name}`;
    const image = element("img");
    Object.assign(image, {src: photo.small, alt: name});
    image.onerror = () => frame.replaceChildren("照片没有读出来");
    frame.append(image);
    return frame;
  }

  tile(photo, at, locked) {
    const tile = element("div", "tile");
    const name = `${this.label}第 ${at + 1} 张`;
    tile.append(this.frame(photo, name));
    if (!locked) {
      const cross = button("cross", "×", () => this.remove(photo));
      cross.setAttribute("aria-label", `移除${name}`);
      cross.title = "移除这张照片";
      tile.append(cross);
    }
    return tile;
  }

  ghost(entry) {
    const tile = element("div", "tile away");
    const frame = element("div", "frame", entry.photo.small ? undefined : "找不到照片");
    if (entry.photo.small) {
      const image = element("img");
      Object.assign(image, {src: entry.photo.small, alt: ""});
      frame.append(image);
    }
    tile.append(frame, element("div", "said", "已移除"), button("small", "放回", () => this.putBack(entry)));
    return tile;
  }

  onItsWay(one) {
    const tile = element("div", one.failed ? "tile bad" : "tile going");
    const frame = element("div", "frame");
    const image = element("img");
    Object.assign(image, {src: one.preview, alt: one.file.name});
    image.onerror = () => frame.replaceChildren("照片");
    frame.append(image);
    one.said = element("div", "said", one.failed || (one.begun ? "正在上传…" : "等着上传"));
    tile.append(frame, one.said);
    if (one.failed) {
      one.said.setAttribute("role", "alert");
      tile.append(button("small", "再试一次", () => this.queue.again(one)), button("small", "不传了", () => this.queue.cancel(one)));
    } else {
      one.bar = element("progress");
      one.bar.setAttribute("aria-label", `正在上传 ${one.file.name}`);
      one.bar.value = one.share;
      frame.append(one.bar);
      tile.append(button("small", "取消", () => this.queue.cancel(one)));
    }
    return tile;
  }
}

// -- one listener each for all places -------------------------------------------------------------------------------------

function open() {
  return [...places].filter((place) => place.root.isConnected && place.to && place.root.getClientRects().length);
}

function sending() {
  return [...places].filter((place) => place.root.isConnected && place.queue.busy);
}

function pasted(event) {
  const files = [...(event.clipboardData?.files || [])].filter(isPicture);
  const here = open();
  if (!files.length || !here.length) return;
  const path = event.composedPath();
  const inside = here.find((place) => path.includes(place.root));
  // Cells copied in Excel bring a picture of themselves along; in a field they are text.
  const typing = path[0].matches?.("input, textarea") && event.clipboardData.types.includes("text/plain");
  if (!inside && typing) return;
  const place = inside || (here.length === 1 ? here[0] : here.find((one) => one === window.consolePhotoPlace));
  event.preventDefault();
  if (place) place.add(files);
  else here[0].note.textContent = "这里有几个放照片的地方:请先点一下要放的那一个,再粘贴。";
}

// A photo that is still on its way would be missing in what is saved, and lost with a drawer that closes.
function held(event) {
  const busy = sending();
  const path = event.composedPath();
  if (!busy.length || busy.some((place) => path.includes(place.root))) return;
  const outside = !path.some((one) => one.matches?.("[role=dialog]"));
  const pressed = event.type === "click" && path.some((one) => one.matches?.("a, button:not([role=tab])"));
  if (event.type === "keydown" ? event.key !== "Escape" : !outside && !pressed) return;
  event.preventDefault();
  event.stopPropagation();
  for (const place of busy) place.note.textContent = "照片还在上传,请等上传完再点;不想等的,可以先取消。";
  busy[0].place.scrollIntoView({block: "nearest"});
}

function leaving(event) {
  if (sending().length) event.preventDefault();
}

if (!window.consolePhotoListening) {
  window.consolePhotoListening = true;
  document.addEventListener("paste", pasted);
  for (const kind of ["pointerdown", "mousedown", "click", "keydown"]) window.addEventListener(kind, held, true);
  window.addEventListener("beforeunload", leaving);
}

export default function ({parentElement, data, setStateValue}) {
  const root = parentElement.querySelector("#photos");
  root.place ||= new Place(root);
  root.place.take(data, (value) => setStateValue("photos", value));
}
