// The screen at the venue: makes its code here, so that it goes on without network. Without this script the server makes it, and the page asks again by itself.
import { prepareZXingModule, writeBarcode } from "/zxing/es/writer/index.js";

const screen = document.querySelector("[data-venue]");
const stepMs = 30_000;

if (!screen.dataset.live) {
  location.replace(`${location.pathname}?live=1`);
} else {
  prepareZXingModule({ overrides: { locateFile: (name) => `/zxing/${name}` }, fireImmediately: true });
  start();
}

async function start() {
  const { key, link, from, until, now } = screen.dataset;
  const skew = Number(now) - Date.now();
  const bytes = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const mac = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const [digits, picture, on, off] = ["digits", "picture", "on", "off"].map((name) => screen.querySelector(`[data-${name}]`));
  let shown = -1;
  const show = async () => {
    const time = Date.now() + skew;
    const open = time >= Number(from) && time <= Number(until);
    [on.hidden, off.hidden] = [!open, open];
    const step = Math.floor(time / stepMs);
    if (!open || step === shown) return;
    const count = new DataView(new ArrayBuffer(8));
    count.setBigUint64(0, BigInt(step));
    const hash = new DataView(await crypto.subtle.sign("HMAC", mac, count.buffer));
    const code = String(hash.getBigUint64(0) % 100_000_000n).padStart(8, "0");
    const drawn = await writeBarcode(`${link}${code}`, { format: "QRCode", ecLevel: "M" });
    if (drawn.error) return;
    shown = step;
    digits.textContent = `${code.slice(0, 4)} ${code.slice(4)}`;
    const image = new Image();
    image.alt = "参加を報告するQRコード";
    image.src = `data:image/svg+xml,${encodeURIComponent(drawn.svg)}`;
    picture.replaceChildren(image);
    screen.dataset.step = String(step);
  };
  await show();
  setInterval(show, 1000);
}
