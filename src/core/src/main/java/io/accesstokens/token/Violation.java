package io.accesstokens.token;

/**
 * What is wrong with one field of a request.
 *
 * @param field its name, e.g. {@code scopes[2]}
 * @param message what is asked for; never repeats what was sent
 */
public record Violation(String field, String message) {}
