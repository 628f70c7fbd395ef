package io.accesstokens.token.store;

/**
 * Identifies a rotation that a client may repeat, because it may not receive the response.
 *
 * @param key the SHA-256 digest of the token, the actor and the client's key, in hexadecimal
 * @param request the SHA-256 digest of the request, in hexadecimal
 */
public record RepeatKey(String key, String request) {}
