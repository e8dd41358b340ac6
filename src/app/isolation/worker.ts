import { concerns, isolated } from './headers';

declare const self: ServiceWorkerGlobalScope;

// It keeps nothing, so a new version may take over from the old at any time.
self.addEventListener('install', () => void self.skipWaiting());

self.addEventListener('fetch', (event) => {
  if (concerns(event.request, self.registration.scope)) event.respondWith(fetch(event.request).then(isolated));
});
