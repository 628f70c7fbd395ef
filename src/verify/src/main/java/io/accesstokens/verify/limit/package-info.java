/**
 * Counts the requests of tokens that have a maximum number of requests per minute.
 *
 * <p>This package is internal. Each process counts its own requests.
 */
@NullMarked
package io.accesstokens.verify.limit;

import org.jspecify.annotations.NullMarked;
