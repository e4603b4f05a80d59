// イベント参加報告: the camera types the code. Where there is no camera, the number is typed.
import { cameraThere, read } from "./camera.js";

const scanner = document.querySelector("[data-scanner]");
const form = document.querySelector("form[data-attend]");
const button = scanner.querySelector("[data-scan]");
const said = scanner.querySelector("[data-said]");

if (cameraThere()) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "会場の画面か参加票のQRコードを、カメラに写してください。";
    try {
      await read(scanner.querySelector("[data-camera]"), (text, end) => {
        end();
        form.elements.namedItem("Code").value = text;
        form.submit();
      });
    } catch (e) {
      said.textContent = "カメラを使えません。数字を入れてください。";
    }
  });
}
