// Talking to the server. Whatever goes wrong is a Trouble that says whether the same message may be
// sent again, and when.

export class Trouble extends Error {
  // kind: "away" (no connection), "busy" (try again), "refused" (this message will never do).
  // answer, if there was one: {status, wait: ms, if the server has said so, ours: no proxy's page}
  constructor(kind, message, answer = {}) {
    super(message);
    Object.assign(this, { kind, ...answer });
  }
}

const away = (why = 'no connection') => new Trouble('away', why);

const turnSilence = 120000, viewSilence = 20000;  // ms; the first is longer than the longest turn

// One request under way. It is given up after a long silence, or when somebody knows better.
export class Flight {
  constructor(silence = turnSilence) {
    this.stopper = new AbortController();
    this.silence = silence;
    this.heard();
  }

  // A sign of life, which puts the end off.
  heard() {
    this.last = Date.now();  // the clock that goes on while the device sleeps
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), this.silence);
  }

  get signal() { return this.stopper.signal; }
  get quiet() { return Date.now() - this.last; }  // ms
  stop() { this.stopper.abort(); }
  end() { clearTimeout(this.timer); }
}

function troubleOf(status, problem, { retryAfter, type } = {}) {
  const seconds = Number(problem?.retry_after ?? retryAfter);
  const wait = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 600) * 1000 : undefined;
  const again = status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
  const words = problem?.detail ?? 'The server did not answer as expected.';
  const ours = /^application\/problem\+json\b/.test(type ?? '');
  return new Trouble(again ? 'busy' : 'refused', words, { status, wait, ours });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// A network's own page, such as one to log in at, may come instead of ours; the server is away then.
function having(member, answer) {
  if (answer?.[member] === undefined) throw away('not an answer of ours');
  return answer;
}

async function call(url, init, flight, read) {
  try {
    const response = await fetch(url, { ...init, cache: 'no-store', signal: flight.signal });
    flight.heard();
    if (response.ok) return await read(response);
    throw troubleOf(response.status, parsed(await response.text()), {
      retryAfter: response.headers.get('Retry-After'), type: response.headers.get('Content-Type') });
  } catch (error) {
    throw error instanceof Trouble ? error : away();
  } finally {
    flight.end();
  }
}

// The events of a stream, as they come.
async function events(response, flight, take) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    flight.heard();
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

export function say(session, message, progress, flight) {
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ session_id: session, client_message_id: message.id, user_message: message.text }),
  };
  return call('/chat', init, flight, async (response) => {
    if (!/event-stream/.test(response.headers.get('Content-Type') ?? '')) {
      return having('response', await response.json());
    }
    let reply;
    await events(response, flight, (event, data) => {
      if (event === 'progress') progress(JSON.parse(data).text);
      if (event === 'reply') reply = JSON.parse(data);
      if (event === 'problem') {
        const problem = JSON.parse(data);
        throw troubleOf(problem.status, problem);
      }
    });
    return having('response', reply);  // else it was cut off
  });
}

// fetch does not tell how much has gone out, and on a weak line that is the only sign of life for
// minutes. sent(share) is told it, 0 to 1.
export function upload(session, message, file, sent, flight) {
  const body = new FormData();
  body.append('session_id', session);
  body.append('client_message_id', message.id);
  body.append('file', file, message.name);
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/upload');
    request.upload.onprogress = ({ loaded, total }) => {
      flight.heard();
      sent(loaded / total);
    };
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 200) return answer?.response === undefined ? fail(away()) : done(answer);
      return fail(troubleOf(request.status, answer, { retryAfter: request.getResponseHeader('Retry-After') }));
    };
    request.onerror = () => fail(away());
    request.onabort = () => fail(away());
    request.onloadend = () => flight.end();
    if (flight.signal.aborted) return fail(away());
    flight.signal.addEventListener('abort', () => request.abort());
    return request.send(body);
  });
}

// Where the conversation stands; undefined = the server does not know it. Only the server itself can
// say so: another refusal, or a proxy's 404, says nothing about the conversation.
export async function state(session) {
  const read = async (response) => having('messages', await response.json());
  try {
    return await call('/chat/' + session, {}, new Flight(viewSilence), read);
  } catch (error) {
    if (error.status === 404 && error.ours) return undefined;
    throw error;
  }
}

export const settings = () => call('/api/page', {}, new Flight(viewSilence), (response) => response.json());
