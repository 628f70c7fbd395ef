package io.accesstokens.login;

import jakarta.security.enterprise.CallerPrincipal;

/** Somebody whose password was right, and of whom it is known how to address them. */
public final class AuthenticatedUser extends CallerPrincipal {

  private static final long serialVersionUID = 1L;

  private final String displayName;

  /**
   * @param name the canonical user ref
   * @param displayName for people to read
   */
  public AuthenticatedUser(String name, String displayName) {
    super(name);
    this.displayName = displayName;
  }

  /** How to address them. */
  public String displayName() {
    return displayName;
  }
}
