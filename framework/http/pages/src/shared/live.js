// A stream of server-sent events that comes back by itself: after an error, and after a silence
// (half-open connections say nothing). `state` is told 'live' or 'lost', and why.

const firstWait = 1000;
const mostWait = 15000;

export function listen(path, event, { onData, onState, silence = 10000, check = async () => true }) {
  let source = null;
  let timer = null;
  let wait = firstWait;
  let closed = false;

  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => lost('silence'), silence);
  };

  function begin() {
    if (closed) return;
    source?.close();
    source = new EventSource(path);
    source.addEventListener('open', watch);
    source.addEventListener(event, (message) => {
      let data;
      try {
        data = JSON.parse(message.data);
      } catch {
        return; // the next one will do
      }
      wait = firstWait;
      watch();
      onState('live');
      onData(data);
    });
    source.addEventListener('error', () => lost('connection'));
    watch();
  }

  // The stream itself does not say why it ended; `check` asks, and false ends it for good.
  async function lost(why) {
    if (closed) return;
    source?.close();
    source = null;
    clearTimeout(timer);
    onState('lost', why);
    if (!(await check()) || closed) return;
    clearTimeout(timer);
    timer = setTimeout(begin, wait);
    wait = Math.min(wait * 2, mostWait);
  }

  const again = () => {
    if (source || closed) return;
    clearTimeout(timer);
    wait = firstWait;
    begin();
  };
  addEventListener('online', again);
  const visible = () => document.visibilityState === 'visible' && again();
  document.addEventListener('visibilitychange', visible);
  begin();

  return {
    again,
    close() {
      closed = true;
      clearTimeout(timer);
      source?.close();
      removeEventListener('online', again);
      document.removeEventListener('visibilitychange', visible);
    },
  };
}
