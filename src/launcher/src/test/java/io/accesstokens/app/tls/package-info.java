/** Tests of the TLS certificate of the server. */
@NullMarked
package io.accesstokens.app.tls;

import org.jspecify.annotations.NullMarked;
