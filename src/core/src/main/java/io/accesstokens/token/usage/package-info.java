/** Counts uses of tokens in memory, and reports on all service tokens together. */
@NullMarked
package io.accesstokens.token.usage;

import org.jspecify.annotations.NullMarked;
