package io.accesstokens.login;

import jakarta.security.enterprise.CallerPrincipal;

/** A caller with a verified password and a known display name. */
public final class AuthenticatedUser extends CallerPrincipal {

  private static final long serialVersionUID = 1L;

  private final String displayName;

  /**
   * Creates a caller.
   *
   * @param name the canonical user ref
   * @param displayName the display name
   */
  public AuthenticatedUser(String name, String displayName) {
    super(name);
    this.displayName = displayName;
  }

  public String displayName() {
    return displayName;
  }
}
