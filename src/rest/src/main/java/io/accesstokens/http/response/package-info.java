/** The bodies of successful responses. */
@NullMarked
package io.accesstokens.http.response;

import org.jspecify.annotations.NullMarked;
