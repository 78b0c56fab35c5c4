// The preview adds this to every page: it loads the page again once there is a new version.
// Only a page that can be seen asks, since a browser opens few connections to one server.
(() => {
  const { version } = document.currentScript.dataset;
  const page = encodeURIComponent(decodeURIComponent(location.pathname));
  let events = null;

  const follow = () => {
    if (document.visibilityState === "visible") {
      if (events) return;
      events = new EventSource(`/-/changes?page=${page}&version=${version}`);
      events.onmessage = () => {
        events.close();
        location.reload();
      };
    } else if (events) {
      events.close();
      events = null;
    }
  };

  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => events?.close());
  // A page that comes back from the browser's memory has lost its connection.
  addEventListener("pageshow", (event) => {
    if (event.persisted) events = null;
    follow();
  });
})();
