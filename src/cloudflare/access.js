// Who somebody is by the word of Cloudflare Access, which signs a JSON Web Token
// for each request that it lets through (RFC 7519; RS256 of RFC 7518). In
// JavaScript, because the runtime verifies RSA and wasm would have to bring it.

/** @typedef {{ ACCESS_ISSUER?: string, ACCESS_AUDIENCE?: string }} Env */
/** @typedef {JsonWebKey & { kid?: string }} Key */

/** The issuer's keys, and when they were read (ms). A key that is not among them may be new. */
/** @type {{ issuer: string, at: number, keys: Key[] }} */
const known = { issuer: "", at: 0, keys: [] };

/** Keys are read again no sooner, whatever `kid` is asked for (ms). */
const PAUSE = 60_000;

/**
 * The address that an assertion proves; empty if it proves none. It throws where
 * the issuer's keys cannot be read.
 * @param {Env} env
 * @param {string} assertion
 * @param {bigint} at Unix ms
 * @returns {Promise<string>}
 */
export async function email(env, assertion, at) {
  const now = Number(at);
  const { ACCESS_ISSUER: issuer, ACCESS_AUDIENCE: audience } = env;
  const parts = assertion.split(".");
  if (!issuer || !audience || parts.length !== 3) return "";
  const [header, claims] = parts.slice(0, 2).map(json);
  if (header?.alg !== "RS256" || typeof header.kid !== "string") return "";
  const key = await find(issuer, header.kid, now);
  if (!key) return "";
  const signature = bytes(parts[2]);
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const verifier = await crypto.subtle.importKey("jwk", key, algorithm, false, ["verify"]);
  if (!signature || !(await crypto.subtle.verify(algorithm.name, verifier, signature, signed))) return "";
  const audiences = [claims?.aud].flat();
  const seconds = now / 1_000;
  const holds = claims?.iss === issuer && audiences.includes(audience)
    && claims.exp > seconds && !(claims.nbf > seconds + 60);
  return holds && typeof claims.email === "string" ? claims.email : "";
}

/**
 * @param {string} issuer
 * @param {string} kid
 * @param {number} now
 */
async function find(issuer, kid, now) {
  const among = () => known.keys.find((key) => key.kid === kid && key.kty === "RSA");
  if (known.issuer !== issuer || (!among() && now - known.at > PAUSE)) {
    const response = await fetch(`${issuer}/cdn-cgi/access/certs`, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`Access answered ${response.status} for its keys`);
    const { keys } = /** @type {{ keys: Key[] }} */ (await response.json());
    Object.assign(known, { issuer, at: now, keys });
  }
  return among();
}

/**
 * A part that is JSON; `undefined` if it is none.
 * @param {string} part base64url
 * @returns {any}
 */
function json(part) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes(part)));
  } catch {
    return undefined;
  }
}

/** @param {string} part base64url */
function bytes(part) {
  try {
    return Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}
