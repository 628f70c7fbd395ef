/**
 * Error responses: problem documents (RFC 9457), and the conversion of exceptions to problem
 * documents.
 *
 * <p>Every error response is an {@code application/problem+json} document of less than 2,000 bytes
 * ({@link io.accesstokens.http.problem.Problem}). The {@code Accept} header of the request does not
 * change this media type. Apart from the trace id ({@link
 * io.accesstokens.http.problem.TraceContext}), no text in the document comes from the request.
 */
@NullMarked
package io.accesstokens.http.problem;

import org.jspecify.annotations.NullMarked;
