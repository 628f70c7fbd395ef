package io.accesstokens.token.store;

/**
 * Identifies a rotation. A client that has not received the response can repeat the rotation with
 * the same key.
 *
 * @param key the SHA-256 digest of the token, the actor and the client's key, in hexadecimal
 * @param request the SHA-256 digest of the request, in hexadecimal
 */
public record RepeatKey(String key, String request) {}
