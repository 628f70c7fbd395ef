package io.accesstokens.oauth;

import jakarta.ws.rs.core.HttpHeaders;
import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to the {@link TokenEndpoint}: its form, in which no parameter stands twice, and what is
 * known of who sent it.
 */
public final class TokenRequest {

  private final FormBody form;
  private final HttpHeaders headers;
  private final @Nullable Principal caller;
  private final @Nullable String clientAddress;

  TokenRequest(
      FormBody form,
      HttpHeaders headers,
      @Nullable Principal caller,
      @Nullable String clientAddress) {
    this.form = form;
    this.headers = headers;
    this.caller = caller;
    this.clientAddress = clientAddress;
  }

  /**
   * The value of a parameter. If it is absent or empty, which is the same (RFC 6749, section 3.1),
   * this throws what answers {@code invalid_request}.
   *
   * @throws jakarta.ws.rs.WebApplicationException with status 400
   */
  public String required(String name) {
    return form.required(name);
  }

  /** The value of a parameter; empty if it is absent or empty, which is the same. */
  public Optional<String> optional(String name) {
    return form.optional(name);
  }

  /** The request's headers: cookies, for instance. */
  public HttpHeaders headers() {
    return headers;
  }

  /**
   * Who sent it, by a credential beside the form: an {@code Authorization} or a session. Most
   * grants do not ask.
   */
  public Optional<Principal> caller() {
    return Optional.ofNullable(caller);
  }

  /** The network address that it came from; null if it is not known. */
  public @Nullable String clientAddress() {
    return clientAddress;
  }

  /** Redacted. */
  @Override
  public String toString() {
    return "TokenRequest[redacted]";
  }
}
