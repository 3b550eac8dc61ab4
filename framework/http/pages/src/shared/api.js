// Asks our own server. A problem (RFC 9457) becomes an ApiError with its words; no answer at all is
// one with status 0.

export class ApiError extends Error {
  constructor(status, title, detail, retryAfter = null) {
    super(detail || title);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
    this.retryAfter = retryAfter; // seconds
  }
}

async function problemOf(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // Not one of ours, such as a proxy's page.
  }
  const wait = Number(response.headers.get('Retry-After'));
  return new ApiError(response.status, problem.title ?? 'The server refused', problem.detail ?? '',
    Number.isFinite(wait) && wait > 0 ? wait : null);
}

export async function ask(path, { method = 'GET', body, signal, timeout = 15000 } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  signal?.addEventListener('abort', () => stop.abort());
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: stop.signal,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204) return null;
    return await response.json();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, 'No answer', 'The server cannot be reached.');
  } finally {
    clearTimeout(timer);
  }
}
