package io.accesstokens.ldap;

/**
 * Thrown if the LDAP server does not respond, or if the response is unusable. This exception means
 * an outage, and never that a user does not exist.
 */
final class LdapUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LdapUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
