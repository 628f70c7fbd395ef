package io.accesstokens.ldap;

/** The server does not answer, or not as it should: an outage, never "no such person". */
final class LdapUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LdapUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
