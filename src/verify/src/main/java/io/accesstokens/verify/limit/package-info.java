/**
 * Limits the requests of a token per minute, and repeated log lines. Log lines are limited per
 * second, or per minute for the failures of repeated work. Each process counts its own requests and
 * lines. {@link io.accesstokens.verify.limit.FailureReason} decides which message of a failure a
 * line can have.
 */
@NullMarked
package io.accesstokens.verify.limit;

import org.jspecify.annotations.NullMarked;
