/**
 * Declares and validates the settings of the storage of tokens: the database and the replicas that
 * share it.
 */
@NullMarked
package io.accesstokens.app.settings.storage;

import org.jspecify.annotations.NullMarked;
