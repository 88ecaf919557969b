// Small comforts only: every page works without this file.
"use strict";
document.documentElement.classList.add("js");

function leaveQuickly(link) {
  document.documentElement.hidden = true;
  window.location.replace(link.href);
}

const exit = document.querySelector("[data-quick-exit]");
if (exit) {
  exit.addEventListener("click", (event) => { event.preventDefault(); leaveQuickly(exit); });
  let pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    pressed = [...pressed.slice(-2), event.timeStamp];
    if (pressed.length === 3 && event.timeStamp - pressed[0] < 3000) leaveQuickly(exit);
  });
}

document.querySelectorAll("form[data-confirm]").forEach((form) => {
  form.addEventListener("submit", (event) => { if (!window.confirm(form.dataset.confirm)) event.preventDefault(); });
});

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));

// Only where the device has its own way to pass something on.
document.querySelectorAll("[data-share]").forEach((button) => {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => navigator.share({ title: button.dataset.shareTitle, url: button.dataset.share }).catch(() => {}));
});

// Open the fields that a choice asks for.
document.querySelectorAll("select[data-opens]").forEach((select) => {
  select.addEventListener("change", () => { document.getElementById(select.dataset.opens).open = select.value === select.dataset.when; });
});

// What was written for the portal to keep is not left without a question. The public's search carries no token and is never
// asked about: whoever looks for help may have to leave quickly.
const unsent = new Set([...document.forms].filter((form) => form.elements.csrf_token && form.querySelector(".has-wrong")));
document.addEventListener("input", ({ target }) => { if (target.form && target.form.elements.csrf_token) unsent.add(target.form); });
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) unsent.delete(event.target); });
window.addEventListener("beforeunload", (event) => {
  if (!unsent.size) return;
  event.preventDefault();
  // Browsers of some years ago ask for this alone.
  event.returnValue = "";
});

// Look again for what comes by itself, but never under the hands of somebody who is at something.
document.querySelectorAll("[data-look-again]").forEach((waiting) => {
  setInterval(() => {
    if (!document.hidden && document.activeElement === document.body && !unsent.size) window.location.reload();
  }, Number(waiting.dataset.lookAgain) * 1000);
});

const wrong = document.querySelector("[data-focus]");
if (wrong) wrong.focus();

// Suggest places while somebody types one.
document.querySelectorAll("input[data-places]").forEach((input) => {
  const list = document.createElement("datalist");
  list.id = "places-" + input.id.replace(/[^a-z0-9]/gi, "-");
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const answer = await fetch("/places?search=" + encodeURIComponent(input.value), { credentials: "omit" });
      if (!answer.ok) return;
      const { items } = await answer.json();
      list.replaceChildren(...items.map((item) => Object.assign(document.createElement("option"), { value: item })));
    }, 200);
  });
});

// A list that was posted is forgotten as soon as somebody goes on from it: who presses Back after a quick exit gets the
// empty form, and no question whether to send the search again. Within the page, going back still leads to the list.
if (document.querySelector("[data-posted]")) {
  const forget = () => history.replaceState(null, "", location.href);
  document.addEventListener("submit", forget);
  document.addEventListener("click", (event) => {
    const leads = event.target.closest('a[href^="#"], a[href^="/"], a[href^="http"]');
    if (leads && !event.defaultPrevented) forget();
  });
}

// A page that the browser kept in memory must not show again what was signed out of.
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
