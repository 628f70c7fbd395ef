package io.accesstokens.oauth;

import io.accesstokens.verify.ClientInfo;
import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request to the {@link TokenEndpoint}: the form, the caller and the client. */
public final class GrantRequest {

  private final FormBody form;
  private final @Nullable Principal caller;
  private final ClientInfo client;

  GrantRequest(FormBody form, @Nullable Principal caller, ClientInfo client) {
    this.form = form;
    this.caller = caller;
    this.client = client;
  }

  /**
   * Returns the value of a parameter. An empty parameter counts as absent (RFC 6749, section 3.1).
   *
   * @throws jakarta.ws.rs.WebApplicationException with status 400 and {@code invalid_request} if
   *     the parameter is absent or empty
   */
  public String required(String name) {
    return form.required(name);
  }

  /** Returns the value of a parameter; empty if the parameter is absent or empty. */
  public Optional<String> optional(String name) {
    return form.optional(name);
  }

  /**
   * Returns the authenticated caller, from an {@code Authorization} header or a session; empty if
   * the request has neither.
   */
  public Optional<Principal> caller() {
    return Optional.ofNullable(caller);
  }

  /** Returns the client that sent the request. */
  public ClientInfo client() {
    return client;
  }

  /** Returns a fixed text that contains no secret. */
  @Override
  public String toString() {
    return "GrantRequest[redacted]";
  }
}
