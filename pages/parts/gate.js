// When the connection is gone because the session has ended, the sign-in page is shown instead of waiting for it.
(() => {
  const app = () => document.querySelector('[data-testid="stApp"]');
  setInterval(async () => {
    const state = app()?.dataset.testConnectionState;
    if (!state || state === "CONNECTED") return;
    try {
      const answer = await fetch("/signed-in", {cache: "no-store", redirect: "manual"});
      if (answer.status !== 401) return;
    } catch {
      return; // the console itself is down
    }
    location.assign("/sign-in?said=ended&next=" + encodeURIComponent(location.pathname + location.search));
  }, 2000);
})();
