/**
 * Permissions and limits: who may do what, on which groups, and what a new token may contain.
 *
 * <p>Policies are pure functions. They read no store and no clock.
 */
@NullMarked
package io.accesstokens.token.policy;

import org.jspecify.annotations.NullMarked;
