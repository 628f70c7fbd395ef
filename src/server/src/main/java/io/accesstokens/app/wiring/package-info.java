/** CDI producers, one class for each concern, and the Jakarta REST application. */
@NullMarked
package io.accesstokens.app.wiring;

import org.jspecify.annotations.NullMarked;
