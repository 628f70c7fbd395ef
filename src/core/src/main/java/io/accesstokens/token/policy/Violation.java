package io.accesstokens.token.policy;

/**
 * An error in one field of a request.
 *
 * @param field the name of the field, e.g. {@code scopes[2]}
 * @param message the rule that the field must follow; the message never contains the value that was
 *     sent
 */
public record Violation(String field, String message) {}
