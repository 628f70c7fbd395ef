/**
 * Limits the requests of a token per minute, and the log lines per second or, for repeated
 * failures, per minute. Each process counts its own requests and lines.
 */
@NullMarked
package io.accesstokens.verify.limit;

import org.jspecify.annotations.NullMarked;
