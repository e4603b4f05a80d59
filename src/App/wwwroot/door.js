// The tablet at the door: reads tickets with the camera or takes their number, keeps them while there is no network, and sends them later. A line is kept until it was answered, and for a day to be looked at.
import { cameraThere, read } from "./camera.js";

const door = document.querySelector("[data-door]");
const { activity } = door.dataset;
const kept = `mykey-scans-${activity}`;
const [list, said, waiting, send, scan] = ["list", "said", "waiting", "send", "scan"].map((name) => door.querySelector(`[data-${name}]`));
const dayMs = 86_400_000;
let lines = JSON.parse(localStorage.getItem(kept) ?? "[]").filter((line) => !line.words || Date.now() - line.at < dayMs);

const bare = (text) => text.normalize("NFKC").replace(/[\s-]/g, "").split("/").pop();
const tail = (number) => `…${number.slice(-4)}`;

function show() {
  localStorage.setItem(kept, JSON.stringify(lines));
  const left = lines.filter((line) => !line.words).length;
  waiting.textContent = left === 0 ? "すべて送りました" : `まだ送っていないもの ${left}件`;
  send.hidden = left === 0;
  list.replaceChildren(...lines.toReversed().map((line) => {
    const item = document.createElement("li");
    item.dataset.state = line.words ? (line.good ? "sent" : "refused") : "kept";
    item.textContent = `${new Date(line.at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" })}　${tail(line.number)}　${line.words ?? "まだ送っていません"}`;
    return item;
  }));
}

function take(text) {
  const number = bare(text);
  if (!/^\d{10}$/.test(number) || BigInt(number) % 97n !== 1n) {
    said.textContent = "登録票の番号ではありません。10けたの番号をたしかめてください。";
    return;
  }
  if (lines.some((line) => line.number === number && (line.good || !line.words))) {
    said.textContent = `${tail(number)}は、もう読み取りました。`;
    return;
  }
  lines.push({ id: crypto.randomUUID(), number, at: Date.now() });
  said.textContent = `${tail(number)}を読み取りました。`;
  show();
  deliver();
}

let busy = false;

async function deliver() {
  const some = lines.filter((line) => !line.words).slice(0, 100);
  if (busy || some.length === 0 || !navigator.onLine) return;
  busy = true;
  try {
    const answer = await fetch(`/api/v1/activities/${activity}/scans`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ lines: some.map(({ id, number, at }) => ({ id, number, atMs: at })) }),
    });
    if (!answer.ok) {
      said.textContent = "送れませんでした。端末か窓口のログインをたしかめてください。読み取ったものは、残っています。";
      return;
    }
    for (const { id, code, words } of await answer.json()) Object.assign(lines.find((line) => line.id === id) ?? {}, { words, good: !code });
    show();
  } catch (e) {
    said.textContent = "いまは、つながっていません。読み取ったものは、この端末に残っています。";
  } finally {
    busy = false;
  }
}

door.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = event.target.elements.namedItem("Number");
  take(typed.value);
  typed.value = "";
});
send.addEventListener("click", deliver);
window.addEventListener("online", deliver);
setInterval(deliver, 20_000);
door.querySelector("[data-kept]").hidden = false;
if (cameraThere()) {
  scan.hidden = false;
  scan.addEventListener("click", () => read(door.querySelector("[data-camera]"), take).catch(() => {
    said.textContent = "カメラを使えません。番号を入れてください。";
  }));
}
show();
deliver();
