/** Tests sign-in and groups by LDAP. */
@NullMarked
package io.accesstokens.ldap;

import org.jspecify.annotations.NullMarked;
