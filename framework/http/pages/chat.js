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
const kFirstPause = 2000, kLongestPause = 15000;  // ms, between two looks at a photo's check
const kCheckWait = 10 * 60000;  // ms, for its end
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

// A message whose answer never came can be sent again with its own id. A photo has to be chosen again,
// unless the club has it already: then `upload` is its id there, and its answer is asked for at once.
function resumed(kept) {
  const last = kept.said[kept.said.length - 1];
  if (last && last.id && last.photo) {
    kept.said.pop();
    if (last.upload) kept.open = last;
  }
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
    again.textContent = entry.upload ? "Look again" : "Send again";
    again.addEventListener("click", () => {
      if (busy) return;
      element.remove();
      if (entry.photo && !entry.file && !entry.upload) photo.click(); else deliver(entry);
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
  return { url: "/upload-async", init: { method: "POST", body: data } };
}

async function ask(url, init, wait) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(wait) });
  const reply = await response.json();
  if (!response.ok) throw Object.assign(new Error(reply.detail || "The club's server did not answer."), { status: response.status });
  return reply;
}

// Waits for the end of a photo's check, ever less often; a bad connection meanwhile is no failure.
async function checked(entry, told) {
  const until = Date.now() + kCheckWait;
  for (let pause = kFirstPause; Date.now() < until; pause = Math.min(pause * 1.3, kLongestPause)) {
    await new Promise((done) => setTimeout(done, pause));
    let status;
    try {
      status = await ask("/upload-status/" + entry.upload, {}, kLongestPause);
    } catch (error) {
      if (error.status !== 404) continue;
      status = { complete: true, error: true, message: "This photo is not known any more. Please choose it again." };
    }
    told.textContent = status.message;
    if (!status.complete) continue;
    if (!status.error) return status;
    delete entry.upload;
    entry.id = "msg_" + newId();  // another go is another message
    throw new Error(status.message);
  }
  throw new Error("The check takes longer than usual. The photo is safe with the club: look again in a while.");
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
    let reply;
    if (!entry.upload) {
      const request = body(entry);
      reply = await ask(request.url, request.init, kWait);
      if (reply.processing) { entry.upload = reply.upload_id; keep(); waiting.textContent = reply.response; }
    }
    if (entry.upload) reply = await checked(entry, waiting);
    delete entry.id;
    delete entry.file;
    delete entry.upload;
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
      ? "No connection just now. Nothing is lost: press the button when it is back." : error.message);
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
  location.reload();  // an answer that is still awaited belongs to the old chat
});

const open = state.open;
delete state.open;
state.said.forEach(show);
if (open) deliver(open); else keep();
refresh();
text.focus();
