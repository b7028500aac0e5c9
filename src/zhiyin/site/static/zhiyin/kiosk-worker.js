// Keeps the kiosk's page, its questionnaire and its files, so that it opens offline.
"use strict";

const NAME = "zhiyin-kiosk-1";
const PATIENCE = 4000;

self.addEventListener("install", function (event) {
  event.waitUntil((async function () {
    const kept = await caches.open(NAME);
    const setup = await fetch("setup.json");
    const files = setup.ok ? (await setup.json()).files || [] : [];
    await kept.addAll(["./", "setup.json"].concat(files));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

// The network first, because wordings change; what is kept when it fails or is slow.
async function fresh(request) {
  const kept = await caches.open(NAME);
  const asked = fetch(request).then(function (answer) {
    if (answer.ok) kept.put(request, answer.clone());
    return answer;
  });
  const known = await kept.match(request, { ignoreSearch: true });
  if (!known) return asked;
  const late = new Promise(function (done) { setTimeout(done, PATIENCE, known); });
  return Promise.race([asked.catch(function () { return known; }), late]);
}

self.addEventListener("fetch", function (event) {
  const isOurs = new URL(event.request.url).origin === self.location.origin;
  if (event.request.method === "GET" && isOurs) event.respondWith(fresh(event.request));
});
