/** Tests the API with a real Jakarta REST runtime in this process, without a server. */
@NullMarked
package io.accesstokens.http;

import org.jspecify.annotations.NullMarked;
