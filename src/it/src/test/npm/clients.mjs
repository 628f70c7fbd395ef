// Clients that are not ours, against a running server. What they see is one JSON object on standard
// output; what they expect is in ShortLivedTokensClientsIT.
//
//   node clients.mjs openid-client ISSUER PERSONAL_TOKEN CLIENT_SECRET
//   node clients.mjs oauth4webapi ISSUER PERSONAL_TOKEN CLIENT_SECRET
//   node clients.mjs jose ISSUER JWT...
//   node clients.mjs standardwebhooks SECRET FILE
//
// FILE has one JSON array of requests: {headers, body}. The result says which of them verify.
import { readFileSync } from "node:fs";
import * as jose from "jose";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { Webhook } from "standardwebhooks";

const [which, issuer, ...rest] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true };

const verified = async (jwt) => {
  const keys = jose.createRemoteJWKSet(new URL(issuer + "/.well-known/jwks.json"));
  const { payload, protectedHeader } = await jose.jwtVerify(jwt, keys, {
    issuer,
    audience: issuer,
    algorithms: ["ES256"],
    typ: "at+jwt",
    requiredClaims: ["sub", "ent", "client_id", "jti", "scope", "iat", "exp"],
  });
  return { kid: protectedHeader.kid, sub: payload.sub, jti: payload.jti };
};

const failure = async (work) => {
  try {
    await work();
    return "none";
  } catch (e) {
    return e.error ?? e.code ?? String(e);
  }
};

/** The schemes of the challenges in a 401 response. Both libraries report them instead of the body. */
const challenges = async (work) => {
  try {
    await work();
    return "none";
  } catch (e) {
    return e.status + " " + e.cause.map(({ scheme }) => scheme).join();
  }
};

/** Introspection and exchange by a machine, whose client secret is a service token. */
const asMachine = async (secret, method, token) => {
  const machine = await client.discovery(
    new URL(issuer), "a machine: 1%", secret, method(secret), {
      execute: [client.allowInsecureRequests],
    });
  return {
    active: (await client.tokenIntrospection(machine, token)).active,
    expiresIn: (await client.refreshTokenGrant(machine, token)).expires_in,
  };
};

/** Discovery by both ways, exchange, introspection, revocation, and the exchange again. */
const withOpenIdClient = async (token, secret) => {
  const options = { execute: [client.allowInsecureRequests] };
  const config = await client.discovery(
    new URL(issuer), "anybody", undefined, client.None(), options);
  const byRfc8414 = await client.discovery(
    new URL(issuer), "anybody", undefined, client.None(), { ...options, algorithm: "oauth2" });
  const given = await client.refreshTokenGrant(config, token);
  const narrow = await client.refreshTokenGrant(config, token, {
    scope: "access-tokens:user:read",
  });
  const asking = await client.discovery(
    new URL(issuer), "alice", undefined, client.ClientSecretBasic("alice"), options);
  const before = await client.tokenIntrospection(asking, given.access_token);
  const machines = {
    basic: await asMachine(secret, client.ClientSecretBasic, token),
    post: await asMachine(secret, client.ClientSecretPost, token),
    wrong: await challenges(() => asMachine(token, client.ClientSecretPost, token)),
  };
  const jwtRevocation = await failure(() =>
    client.tokenRevocation(config, given.access_token));
  await client.tokenRevocation(config, token);
  const after = await client.tokenIntrospection(asking, given.access_token);
  return {
    tokenEndpoint: config.serverMetadata().token_endpoint,
    sameByRfc8414:
      byRfc8414.serverMetadata().token_endpoint === config.serverMetadata().token_endpoint,
    expiresIn: given.expires_in,
    scope: given.scope,
    refreshToken: given.refresh_token ?? null,
    narrowScope: narrow.scope,
    jwt: await verified(given.access_token),
    before,
    machines,
    jwtRevocation,
    after,
    exchangeAfter: await failure(() => client.refreshTokenGrant(config, token)),
  };
};

const withOauth4webapi = async (token, secret) => {
  const url = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(
    url, await oauth.discoveryRequest(url, { algorithm: "oauth2", ...insecure }));
  const nobody = { client_id: "anybody" };
  const given = await oauth.processRefreshTokenResponse(
    server,
    nobody,
    await oauth.refreshTokenGrantRequest(server, nobody, oauth.None(), token, insecure));
  const request = new Request("http://127.0.0.1/", {
    headers: { authorization: "Bearer " + given.access_token },
  });
  const claims = await oauth.validateJwtAccessToken(server, request, issuer, insecure);
  const machine = { client_id: "a machine: 1%" };
  const introspect = async (method) =>
    (await oauth.processIntrospectionResponse(
      server,
      machine,
      await oauth.introspectionRequest(server, machine, method, token, insecure))).active;
  const machines = {
    basic: await introspect(oauth.ClientSecretBasic(secret)),
    post: await introspect(oauth.ClientSecretPost(secret)),
    wrong: await challenges(() => introspect(oauth.ClientSecretBasic(token))),
  };
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, nobody, oauth.None(), token, insecure));
  const refused = await oauth.refreshTokenGrantRequest(
    server, nobody, oauth.None(), token, insecure);
  return {
    issuer: server.issuer,
    sub: claims.sub,
    machines,
    exchangeAfter: await failure(() =>
      oauth.processRefreshTokenResponse(server, nobody, refused)),
  };
};

/** Verifies webhooks with a secret. The issuer is the secret here. */
const withStandardWebhooks = (file) => {
  const webhook = new Webhook(issuer);
  const types = [];
  const errors = [];
  for (const { headers, body } of JSON.parse(readFileSync(file, "utf8"))) {
    try {
      types.push(webhook.verify(body, headers).type);
    } catch (e) {
      errors.push(String(e.message));
    }
  }
  return { types, errors };
};

const results = {
  standardwebhooks: () => withStandardWebhooks(rest[0]),
  "openid-client": () => withOpenIdClient(...rest),
  oauth4webapi: () => withOauth4webapi(...rest),
  jose: async () => ({ verified: await Promise.all(rest.map(verified)) }),
};
console.log(JSON.stringify(await results[which]()));
