/** Runs Backstage's backend with the token handler of this project. */
@NullMarked
package io.accesstokens.testing.backstage;

import org.jspecify.annotations.NullMarked;
