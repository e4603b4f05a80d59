// Reads QR codes with the camera of this device. The decoder is zxing-wasm, served from here (zxing/README.md).
import { prepareZXingModule, readBarcodes } from "/zxing/es/reader/index.js";

prepareZXingModule({ overrides: { locateFile: (name) => `/zxing/${name}` } });

const everyMs = 250;

export const cameraThere = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** Shows the camera in the video and tells what it reads. The answer ends it. */
export async function read(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const canvas = document.createElement("canvas");
  const picture = canvas.getContext("2d", { willReadFrequently: true });
  let on = true;
  const end = () => {
    on = false;
    stream.getTracks().forEach((track) => track.stop());
    video.hidden = true;
  };
  const look = async () => {
    if (!on) return;
    if (video.videoWidth > 0) {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      picture.drawImage(video, 0, 0);
      const codes = await readBarcodes(picture.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode"], maxNumberOfSymbols: 1 });
      if (on && codes.length > 0 && codes[0].text) found(codes[0].text, end);
    }
    setTimeout(look, everyMs);
  };
  look();
  return end;
}
