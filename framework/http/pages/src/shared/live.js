// A stream of server-sent events that comes back by itself: after an error, and after a silence
// (half-open connections say nothing). `onState` is told 'live', or 'lost' and why: 'connection',
// 'silence', or 'refused' with the server's words.

const firstWait = 1000;
const mostWait = 15000;

// What the server says against it; null: nothing, or no words. An EventSource tells neither status nor
// body, so the address is asked once more, and let go as soon as it has answered.
async function refusal(path, within) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), within);
  try {
    const answer = await fetch(path, { credentials: 'same-origin', cache: 'no-store', signal: stop.signal });
    return answer.ok ? null : (await answer.json()).title ?? null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

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
    // A browser tries a broken line again, and gives up where it was refused.
    const refused = why === 'connection' && source?.readyState === EventSource.CLOSED;
    source?.close();
    source = null;
    clearTimeout(timer);
    if (!refused) onState('lost', why);
    if (!(await check()) || closed || source) return;
    if (refused) {
      const words = await refusal(path, silence);
      if (closed || source) return;
      onState('lost', words ? 'refused' : why, words);
      if (words) wait = mostWait;
    }
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
