/** Tests of the sources of settings. */
@NullMarked
package io.accesstokens.app.settings.source;

import org.jspecify.annotations.NullMarked;
