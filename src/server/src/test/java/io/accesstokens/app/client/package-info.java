/** Tests of where requests come from, and of how many unknown tokens are put up with. */
@NullMarked
package io.accesstokens.app.client;

import org.jspecify.annotations.NullMarked;
