/** Tests of the LDAP server. */
@NullMarked
package io.accesstokens.ldap;

import org.jspecify.annotations.NullMarked;
