// The parents' chat page: plain, without a library. The server keeps the position; this page keeps
// the session's id and what was said, so that a reload shows it again. Every message has an id of
// its own, so that sending it twice is the same as sending it once.
"use strict";

const talk = document.getElementById("talk");
const form = document.getElementById("form");
const text = document.getElementById("text");
const send = document.getElementById("send");
const photo = document.getElementById("photo");
const photoButton = document.getElementById("photo-button");
const note = document.getElementById("note");
const kGreeting = "Hello! I am the club's registration assistant. Please type the registration code from your " +
  "team's manager or coach, such as **200-lions-u9-2526**.";

const kWait = 120000;  // ms, for an answer
const kPhotoBytes = 10 * 1024 * 1024;

let state = load();
let busy = false;

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem("dugout"));
    if (kept && Array.isArray(kept.said)) return resumed(kept);
  } catch { /* storage is off or holds something else: begin anew */ }
  return { session: "ses_" + newId(), said: [{ who: "club", text: kGreeting }], expects: "text" };
}

// A message whose answer never came can be sent again with its own id; a photo has to be chosen again.
function resumed(kept) {
  const last = kept.said[kept.said.length - 1];
  if (last && last.id && last.photo) kept.said.pop();
  if (last && last.id && !last.photo) last.failed = true;
  return kept;
}

function keep() {
  const plain = (key, value) => (key === "file" ? undefined : value);
  try { localStorage.setItem("dugout", JSON.stringify(state, plain)); } catch { /* a full storage loses only the view */ }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A little Markdown as elements; text is only ever set as text, so nothing in it can run.
function inline(parent, line) {
  for (const part of line.split(/(\*\*[^*]+\*\*|`[^`]+`)/)) {
    if (!part) continue;
    const tag = part.startsWith("**") ? "strong" : part.startsWith("`") ? "code" : "";
    if (!tag) { parent.append(part); continue; }
    const element = document.createElement(tag);
    element.textContent = part.startsWith("**") ? part.slice(2, -2) : part.slice(1, -1);
    parent.append(element);
  }
}

function tableRow(table, line, tag) {
  const row = table.insertRow();
  for (const cell of line.replace(/^\||\|$/g, "").split("|")) {
    const element = document.createElement(tag);
    inline(element, cell.trim());
    row.append(element);
  }
}

function markdown(parent, source) {
  let list = null, table = null;
  for (const line of source.split("\n")) {
    const item = line.match(/^\s*[-*] (.*)$/);
    if (item) {
      if (!list) { list = document.createElement("ul"); parent.append(list); }
      const element = document.createElement("li");
      inline(element, item[1]);
      list.append(element);
    } else if (/^\s*\|.*\|\s*$/.test(line)) {
      if (!table) { table = document.createElement("table"); parent.append(table); }
      if (!/^[\s|:-]+$/.test(line)) tableRow(table, line.trim(), table.rows.length ? "td" : "th");
    } else if (line.trim()) {
      const paragraph = document.createElement("p");
      inline(paragraph, line);
      parent.append(paragraph);
    }
    if (!item) list = null;
    if (!/^\s*\|/.test(line)) table = null;
  }
}

function show(entry) {
  const element = document.createElement("div");
  element.className = "said " + entry.who;
  if (entry.who === "me") element.textContent = entry.text; else markdown(element, entry.text);
  if (entry.failed) {
    element.classList.add("failed");
    const again = document.createElement("button");
    again.type = "button";
    again.className = "again";
    again.textContent = "Send again";
    again.addEventListener("click", () => {
      if (busy) return;
      element.remove();
      if (entry.photo && !entry.file) photo.click(); else deliver(entry);
    });
    element.append(again);
  }
  talk.append(element);
  talk.scrollTop = talk.scrollHeight;
  return element;
}

function refresh() {
  photoButton.hidden = state.expects !== "file";
  send.disabled = busy;
  photoButton.disabled = busy;
  talk.scrollTop = talk.scrollHeight;  // the form may have grown over the last words
}

function complain(words) {
  note.textContent = words;
  note.hidden = false;
  talk.scrollTop = talk.scrollHeight;
}

function body(entry) {
  if (!entry.file) {
    return { url: "/chat", init: { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_message: entry.text, session_id: state.session, client_message_id: entry.id }) } };
  }
  const data = new FormData();
  data.append("session_id", state.session);
  data.append("client_message_id", entry.id);
  data.append("file", entry.file);
  return { url: "/upload", init: { method: "POST", body: data } };
}

async function deliver(entry) {
  busy = true;
  note.hidden = true;
  delete entry.failed;
  // Kept before it is sent: a page that the phone throws away meanwhile offers to send it again.
  if (!state.said.includes(entry)) state.said.push(entry);
  keep();
  const element = show(entry);
  const waiting = show({ who: "club waiting", text: "…" });
  refresh();
  try {
    const request = body(entry);
    const response = await fetch(request.url, { ...request.init, signal: AbortSignal.timeout(kWait) });
    const reply = await response.json();
    if (!response.ok) throw new Error(reply.detail || "The club's server did not answer.");
    delete entry.id;
    delete entry.file;
    state.said.push({ who: "club", text: reply.response });
    state.expects = reply.expects;
    waiting.remove();
    show(state.said[state.said.length - 1]);
  } catch (error) {
    waiting.remove();
    element.remove();
    entry.failed = true;
    show(entry);
    complain(error instanceof TypeError || error.name === "TimeoutError"
      ? "No connection just now. Nothing is lost: press Send again when it is back." : error.message);
  }
  busy = false;
  keep();
  refresh();
  text.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = text.value.trim();
  if (busy || !message) return;
  text.value = "";
  text.style.height = "";
  deliver({ who: "me", text: message, id: "msg_" + newId() });
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});

text.addEventListener("input", () => {
  text.style.height = "";
  text.style.height = text.scrollHeight + "px";
});

photoButton.addEventListener("click", () => photo.click());
photo.addEventListener("change", () => {
  const file = photo.files[0];
  photo.value = "";
  if (!file || busy) return;
  if (file.size > kPhotoBytes) {
    complain("That photo is too large: at most 10 MB, please.");
    return;
  }
  deliver({ who: "me", text: "(photo: " + file.name + ")", id: "msg_" + newId(), photo: true, file });
});

document.getElementById("restart").addEventListener("click", () => {
  if (!confirm("Start a new chat? The registration in this one stays with the club.")) return;
  localStorage.removeItem("dugout");
  state = load();
  talk.replaceChildren();
  state.said.forEach(show);
  keep();
  refresh();
});

keep();
state.said.forEach(show);
refresh();
text.focus();
