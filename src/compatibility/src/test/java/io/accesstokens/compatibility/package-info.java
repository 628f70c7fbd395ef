/** Compares the OpenAPI document with the recorded one of the previous version. */
@NullMarked
package io.accesstokens.compatibility;

import org.jspecify.annotations.NullMarked;
