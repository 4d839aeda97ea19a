// The stream of statuses. A browser opens six connections to an origin at most, so all tabs of one browser share one stream:
// the tab that holds the lock listens and tells the others.

const NAME = "lanectl-events";

// `heard(kind, data)`: kind is "status" (data: the envelope), "before" (the envelope that was newest when this tab came),
// "link" (data: does the server hear the controller) or "gone".
export function listen(heard) {
  if (!navigator.locks || !window.BroadcastChannel) {
    follow(heard);
    return;
  }
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => heard(data.kind, data.data);
  newest(heard);
  navigator.locks.request(NAME, () => {
    follow((kind, data) => {
      channel.postMessage({ kind, data });
      heard(kind, data);
    });
    return new Promise(() => {}); // held until this tab closes
  });
}

// What another tab heard before this one was there.
async function newest(heard) {
  const answer = await fetch("/status.json").catch(() => null);
  if (answer?.ok) heard("before", await answer.json());
}

function follow(heard) {
  const stream = new EventSource("/events");
  stream.addEventListener("status", (event) => heard("status", JSON.parse(event.data)));
  stream.addEventListener("link", (event) => heard("link", JSON.parse(event.data)));
  stream.onerror = () => {
    heard("gone", null);
    // A refused stream is closed for good by the browser: ask for a new one.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => follow(heard), 1000);
  };
}
