/** Tests sign-in and group membership with LDAP. */
@NullMarked
package io.accesstokens.ldap;

import org.jspecify.annotations.NullMarked;
