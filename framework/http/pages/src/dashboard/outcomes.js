// What the outcomes of attempts mean, as the server counts them (framework/observability/tally.cpp).

export const good = new Set(['ok', 'tool_calls']);
// No attempt of its own: memory gave the answer, or the other of two that were asked at once was quicker.
export const uncounted = new Set(['cache_hit', 'cancelled']);
// Not used, and yet nothing failed: called back, or passed over before it was asked.
export const quiet = new Set(['cancelled', 'not_asked']);
