package io.accesstokens.token.store;

/**
 * The stored form of an idempotency key: it identifies a rotation that a client can repeat. A
 * client that has not received the response sends the request again with the same {@code
 * Idempotency-Key}.
 *
 * @param key the SHA-256 digest of the token's id, the actor and the {@code Idempotency-Key}, in
 *     hexadecimal
 * @param request the SHA-256 digest of the request, in hexadecimal
 */
public record IdempotencyKey(String key, String request) {}
