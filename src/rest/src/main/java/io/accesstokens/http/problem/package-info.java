/**
 * Error responses: problem details (RFC 9457) and the exceptions that become them.
 *
 * <p>Every error response is an {@code application/problem+json} document of under 2,000 bytes
 * ({@link io.accesstokens.http.problem.Problem}), regardless of {@code Accept}. No text in it comes
 * from the request.
 */
@NullMarked
package io.accesstokens.http.problem;

import org.jspecify.annotations.NullMarked;
