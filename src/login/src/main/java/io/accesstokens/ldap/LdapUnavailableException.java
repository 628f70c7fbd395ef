package io.accesstokens.ldap;

/** The server does not answer, or not as it should: an outage, never "no such person". */
final class LdapUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LdapUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
