// Talking to the server. Whatever goes wrong is a Trouble that says whether the same message may be
// sent again, and when.

export class Trouble extends Error {
  // kind: "away" (no connection), "busy" (try again), "refused" (this message will never do)
  constructor(kind, message, wait) {
    super(message);
    this.kind = kind;
    this.wait = wait;  // ms, if the server has said so
  }
}

const silence = 120000;  // ms without a word of the server, longer than its longest turn

function troubleOf(status, problem, retryAfter) {
  const seconds = Number(problem?.retry_after ?? retryAfter);
  const wait = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 600) * 1000 : undefined;
  const again = status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
  return new Trouble(again ? 'busy' : 'refused', problem?.detail ?? 'The server did not answer as expected.', wait);
}

async function failed(response) {
  let problem;
  try {
    problem = await response.json();
  } catch {
    problem = undefined;
  }
  return troubleOf(response.status, problem, response.headers.get('Retry-After'));
}

// A fetch that is given up after a long silence; `heard` puts the end off.
async function call(url, init, read) {
  const stop = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), silence);
  };
  heard();
  try {
    const response = await fetch(url, { ...init, cache: 'no-store', signal: stop.signal });
    if (!response.ok) throw await failed(response);
    return await read(response, heard);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble('away', 'no connection');
  } finally {
    clearTimeout(timer);
  }
}

// The events of a stream, as they come.
async function events(response, heard, take) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    rest += decoder.decode(value, { stream: true });
    for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
      const event = { event: 'message', data: '' };
      for (const line of rest.slice(0, end).split('\n')) {
        const [, name, text] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (name) event[name] = text;
      }
      rest = rest.slice(end + 2);
      take(event.event, event.data);
    }
  }
}

export function say(session, message, progress) {
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ session_id: session, client_message_id: message.id, user_message: message.text }),
  };
  return call('/chat', init, async (response, heard) => {
    if (!/event-stream/.test(response.headers.get('Content-Type') ?? '')) return response.json();
    let reply;
    await events(response, heard, (event, data) => {
      if (event === 'progress') progress(JSON.parse(data).text);
      if (event === 'reply') reply = JSON.parse(data);
      if (event === 'problem') {
        const problem = JSON.parse(data);
        throw troubleOf(problem.status, problem);
      }
    });
    if (!reply) throw new Trouble('away', 'the answer was cut off');
    return reply;
  });
}

export function upload(session, message, file) {
  const body = new FormData();
  body.append('session_id', session);
  body.append('client_message_id', message.id);
  body.append('file', file, message.name);
  return call('/upload', { method: 'POST', body }, (response) => response.json());
}

// Where the conversation stands; undefined = the server does not know it.
export async function state(session) {
  try {
    return await call('/chat/' + session, {}, (response) => response.json());
  } catch (error) {
    if (error.kind === 'refused') return undefined;
    throw error;
  }
}

export const settings = () => call('/api/page', {}, (response) => response.json());
