/**
 * Limits the requests of a token per minute, and the lines that a process writes to its log. Each
 * process counts its own requests and lines.
 */
@NullMarked
package io.accesstokens.verify.limit;

import org.jspecify.annotations.NullMarked;
