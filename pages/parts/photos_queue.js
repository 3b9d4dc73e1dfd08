// Photos on their way to the server, one after the other: waiting, being sent, or failed and kept for another attempt.
const KEPT_PIXELS = 12_500_000;
const APPLE = /\.(heic|heif)$/i;

// What the browser can draw and the server cannot read, or would find too large, is drawn anew as a JPEG.
async function prepared(file, most) {
  if (file.size <= most && file.type !== "image/heic" && file.type !== "image/heif" && !APPLE.test(file.name)) return file;
  try {
    const drawn = await createImageBitmap(file, {imageOrientation: "from-image"});
    const scale = Math.min(1, Math.sqrt(KEPT_PIXELS / (drawn.width * drawn.height)));
    const canvas = element("canvas");
    canvas.width = Math.round(drawn.width * scale);
    canvas.height = Math.round(drawn.height * scale);
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    return made || file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

class Queue {
  // `changed` is called when there is something new to draw, `arrived` with a photo that is there.
  constructor(changed, arrived) {
    Object.assign(this, {changed, arrived, going: []});
  }

  get busy() {
    return this.going.some((one) => !one.failed);
  }

  add(files) {
    for (const file of files) this.going.push({file, share: 0, failed: "", preview: URL.createObjectURL(file)});
    this.go();
  }

  // Draw, and see to the next one that can go.
  go() {
    this.changed();
    const one = this.going.find((one) => !one.failed);
    if (one && !one.begun) this.begin(one);
  }

  async begin(one) {
    one.begun = true;
    const file = await prepared(one.file, this.most);
    if (!this.going.includes(one)) return this.go();
    if (file.size > this.most) {
      return this.failed(one, `照片太大了,最多 ${this.most / 1024 / 1024} MB,没有上传。请截图或压缩以后再上传。`);
    }
    const request = (one.request = new XMLHttpRequest());
    request.open("POST", this.to);
    request.timeout = 180_000;
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.type || "image/unknown");
    request.upload.onprogress = (event) => {
      one.share = event.total ? event.loaded / event.total : 0;
      if (one.bar) one.bar.value = one.share;
    };
    request.upload.onload = () => one.said && (one.said.textContent = "正在处理…");
    request.onload = () => this.answered(one, request);
    request.ontimeout = () => this.failed(one, "照片传得太慢,没有上传,请检查网络后再试。");
    request.onerror = () => this.failed(one, "与控制台的连接断开了,照片没有上传,请稍后再试。");
    request.send(file);
  }

  answered(one, request) {
    if (request.status === 429) {
      one.begun = false;
      setTimeout(() => this.go(), 2000);
    } else if (request.status === 201) {
      this.forget(one);
      this.arrived(request.response);
      this.go();
    } else {
      const ended = request.status === 401 ? "您的登录已结束,照片没有上传。请重新登录后再试。" : "";
      this.failed(one, request.response?.said || ended || "照片没有上传成功,请再试一次。");
    }
  }

  failed(one, said) {
    one.failed = said;
    this.go();
  }

  again(one) {
    Object.assign(one, {failed: "", begun: false, share: 0});
    this.go();
  }

  cancel(one) {
    this.forget(one);
    one.request?.abort();
    this.go();
  }

  forget(one) {
    this.going = this.going.filter((other) => other !== one);
    URL.revokeObjectURL(one.preview);
  }
}
