/** Tests the settings of the storage. */
@NullMarked
package io.accesstokens.app.settings.storage;

import org.jspecify.annotations.NullMarked;
