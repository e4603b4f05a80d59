// Asks the authenticator what the form's options say and sends its answer with the form. Only where this runs is there a button; without it people use the number of their app.
const form = document.querySelector("form[data-passkey]");
const kind = form.dataset.passkey;
const read = kind === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
const show = (name) => document.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== name; });

async function answer() {
  show("asked");
  try {
    const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[kind]({ publicKey });
    form.elements.namedItem("Credential").value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (e) {
    show(e.name === "InvalidStateError" ? "known" : "stopped");
  }
}

if (window.PublicKeyCredential && PublicKeyCredential[read]) {
  form.querySelector("button").hidden = false;
  show("ready");
  form.addEventListener("submit", (event) => {
    // Without a label the server says so, in its words.
    if (form.querySelector("[required]")?.value.trim() === "") return;
    event.preventDefault();
    answer();
  });
  if (form.dataset.auto === "yes") answer();
}
