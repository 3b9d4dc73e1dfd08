// The words Streamlit builds in, in Chinese, and what of its elements misleads a screen reader or the Tab key. What people
// typed is never looked at: not the value of a field, not what our own HTML (stHtml), tables (shadow roots) and Markdown show.
(() => {
  const words = new Map(Object.entries({
    "Press Enter to apply": "离开输入框即存为草稿",
    "Press Enter to submit form": "按回车提交",
    "Press Ctrl+Enter to apply": "离开输入框即存为草稿",
    "Press ⌘+Enter to apply": "离开输入框即存为草稿",
    "No results": "没有符合的选项",
    "No options": "没有可选的内容",
    "No options to select": "没有可选的内容",
    "Select all": "全选",
    "Close": "关闭",
    "Clear value": "清除",
    "Clear selection": "清除",
    "Clear all": "全部清除",
    "Open": "展开",
    "open": "展开",
    "Selected values": "已选的内容",
    "Selectbox options": "可选的内容",
    "Multiselect options": "可选的内容",
    "Loading...": "正在加载…",
    "Running...": "正在处理…",
    "Connecting": "正在连接…",
    "CONNECTING": "正在连接…",
    "Stop": "停止",
    "Rerun": "重新加载",
    "Try again": "重试",
    "Connection error": "与控制台的连接断开了",
    "Streamlit server is not responding. Are you connected to the internet?": "控制台没有回应。您填的内容已存成草稿,恢复后会自动重新连接。",
    "Unable to connect to Streamlit server": "连不上控制台,请确认它正在运行。",
    "This field is required.": "请填写这一项",
    "Page not found": "没有这个页面",
    "Skip to main content": "跳到正文",
    "App pages": "菜单",
    "Pagination": "页码",
    "Previous page": "上一页",
    "Next page": "下一页",
    "Open sidebar": "打开菜单",
    "Close sidebar": "收起菜单",
    "Expand sidebar": "打开菜单",
    "Collapse sidebar": "收起菜单",
    "Main menu": "主菜单",
    "Sidebar": "侧栏",
    "Show password": "显示密码",
    "Hide password": "隐藏密码",
    "Show password text": "显示密码",
    "Hide password text": "隐藏密码",
    "Help": "说明",
    "Upload": "选择文件",
    "Error:": "没有上传:",
    "file upload": "选择文件",
    "Add files": "换一个文件",
    "add icon": "换一个文件",
    "Drag and drop a file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Copied!": "已复制",
    "Loading mermaid diagram": "正在画流程图…",
    "Failed to render diagram": "流程图没有画出来",
    "Download failed": "下载没有成功,请再试一次。",
    "Failed to generate file for download": "文件没有生成出来,请再试一次;仍然这样时请告诉管理员。",
  }));
  const patterns = [
    [/^Add: (.*)$/s, "填写“$1”"],
    [/^Remove (.*)$/s, "移除 $1"],
    [/^Page (\d+)$/, "第 $1 页"],
    [/^Help for (.*)$/s, "$1的说明"],
    [/^(\d+) options? available\.$/, "有 $1 个可选的内容"],
    [/, selected$/, ",已选"],
    [/^Download as PNG(?=$|:)/, "下载图片"],
    [/^Copy to clipboard(?=$|:)/, "复制"],
    [/^Close fullscreen(?=$|:)/, "退出全屏"],
    [/^Fullscreen(?=$|:)/, "全屏"],
    [/^([0-9.]+ ?[KMG]?B) per file$/, "每个文件最多 $1"],
    [/^File must be ([0-9.]+ ?[KMG]?B) or smaller\.$/, "文件太大,最多 $1。"],
    [/^(\S+) files are not allowed\.$/, "不能上传这种文件($1)。"],
    [/^The page that you have requested does not seem to exist.*$/s, "您要找的页面不存在,已为您打开首页。"],
  ];
  const attributes = ["aria-label", "title", "placeholder"];
  const uploader = '[data-testid="stFileUploaderDropzone"]', fileName = '[data-testid="stFileChipName"]';
  const menu = '[data-testid="stSidebarNavItems"]';
  const theirs = '[data-testid="stHtml"],[data-testid="stMain"] [data-testid="stMarkdownContainer"],input,textarea,style,script';

  function chinese(text) {
    const trimmed = text.trim();
    if (!/[A-Za-z]/.test(trimmed)) return null;
    if (words.has(trimmed)) return words.get(trimmed);
    const found = patterns.find(([pattern]) => pattern.test(trimmed));
    return found ? trimmed.replace(found[0], found[1]) : null;
  }

  // The words of an uploader are the only ones that Streamlit itself puts where otherwise our Markdown stands.
  function isTheirs(element) {
    return element.closest(uploader) ? element.closest(fileName) !== null : element.closest(theirs) !== null;
  }

  function translateText(node) {
    const text = chinese(node.nodeValue);
    if (text !== null && node.parentElement && !isTheirs(node.parentElement)) node.nodeValue = text;
  }

  function mend(element) {
    // Tab goes from field to field: the question marks between them open by pointing, and the handbook says the same.
    if ((element.getAttribute("aria-label") || "").startsWith("Help for ")) element.tabIndex = -1;
    // The sections between <ul> and <li> leave neither a list: what remains are the links of the menu.
    if (element.matches(`${menu}, ${menu} li`)) element.setAttribute("role", "none");
    // It has a name and can be reached, so it is not mere decoration.
    if (element.matches(uploader)) element.setAttribute("role", "group");
    // Wider than a phone, it is scrolled; by the keyboard as well.
    if (element.matches('[data-testid="stMermaidChart"]')) element.tabIndex = 0;
  }

  function translateAttributes(element) {
    mend(element);
    for (const name of attributes) {
      const text = element.hasAttribute(name) ? chinese(element.getAttribute(name)) : null;
      if (text !== null) element.setAttribute(name, text);
    }
  }

  function translate(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) translateText(walker.currentNode);
      else translateAttributes(walker.currentNode);
    }
  }

  document.documentElement.lang = "zh-CN";
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translateText(change.target);
      else if (change.type === "attributes") translateAttributes(change.target);
      else change.addedNodes.forEach(translate);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
})();
