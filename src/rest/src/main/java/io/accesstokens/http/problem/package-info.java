/**
 * Error responses: problem details (RFC 9457), and the conversion of exceptions to problem details.
 *
 * <p>Every error response is an {@code application/problem+json} document of under 2,000 bytes
 * ({@link io.accesstokens.http.problem.Problem}), regardless of {@code Accept}. Apart from the
 * trace id ({@link io.accesstokens.http.problem.TraceContext}), no text in the document comes from
 * the request.
 */
@NullMarked
package io.accesstokens.http.problem;

import org.jspecify.annotations.NullMarked;
