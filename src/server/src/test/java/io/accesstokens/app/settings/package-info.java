/** Tests the settings. */
@NullMarked
package io.accesstokens.app.settings;

import org.jspecify.annotations.NullMarked;
