// The hook call, as an EHR makes it (https://cds-hooks.hl7.org/2.0/#calling-a-cds-service).

/** A new hookInstance. `randomUUID` is missing where a page is served without TLS on another host than this one. */
export function hookInstance() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * What says who calls: a token that names its issuer, as an EHR's does, but signed by nobody. A service that asks for
 * tokens would refuse it; one that does not takes from it which client's shape of cards is wanted, and nothing else.
 * No issuer: a call without a token.
 */
function caller(issuer, url) {
  if (!issuer) return {};
  const now = Math.floor(Date.now() / 1000);
  const head = { alg: "ES384", typ: "JWT", kid: "not-signed" };
  const claims = { iss: issuer, aud: url, iat: now, exp: now + 300, jti: hookInstance() };
  return { Authorization: `Bearer ${base64url(head)}.${base64url(claims)}.` };
}

function base64url(value) {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Posts JSON to the service; resolves to what came back, whatever it is. Rejects only where nothing came back. */
export async function post(url, body, issuer) {
  const headers = { "Content-Type": "application/json", ...caller(issuer, url) };
  const began = performance.now();
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" });
  const text = await response.text();
  return { status: response.status, ok: response.ok, text, json: parsed(text), ms: performance.now() - began, headers };
}

/** The same call for a terminal, with the body in it. */
export function curl(url, body, headers) {
  const options = Object.entries(headers).map(([name, value]) => `  --header '${name}: ${value}' \\`);
  return [`curl '${url}' \\`, ...options, "  --data-binary @- <<'END'", JSON.stringify(body, null, 2), "END"].join("\n");
}

/** The issues of an OperationOutcome, a line each; none where it is something else. */
export function issues(outcome) {
  if (outcome?.resourceType !== "OperationOutcome" || !Array.isArray(outcome.issue)) return [];
  return outcome.issue.map((issue) => String(issue?.details?.text ?? issue?.diagnostics ?? issue?.code ?? "no reason"));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
