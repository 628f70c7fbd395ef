/** Tests the API over a real Jakarta REST runtime in process, without a server. */
@NullMarked
package io.accesstokens.http;

import org.jspecify.annotations.NullMarked;
