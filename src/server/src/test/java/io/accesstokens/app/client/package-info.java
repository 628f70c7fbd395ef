/** Tests client addresses and the rate limits of clients. */
@NullMarked
package io.accesstokens.app.client;

import org.jspecify.annotations.NullMarked;
