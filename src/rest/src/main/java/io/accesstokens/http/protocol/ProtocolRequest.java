package io.accesstokens.http.protocol;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of a request that the protocol endpoints read. */
public interface ProtocolRequest {

  /** Returns the HTTP method, as the client sent it. */
  String method();

  /**
   * Returns the values of a header, one for each header line; empty if there is no such header.
   *
   * @param name the name of the header, in any case
   */
  List<String> headers(String name);

  /** Returns all headers, for error responses. The names are case-insensitive. */
  MultivaluedMap<String, String> allHeaders();

  /** Returns the query, as the client sent it; null if there is none. */
  @Nullable String query();

  /** Returns the client's network address; null if it is not known. */
  @Nullable String clientAddress();

  /** Returns true if the request came over TLS. */
  boolean secure();

  /**
   * Authenticates the user whose name and password the request has (HTTP Basic). The effects are
   * those of the authentication filter for passwords.
   *
   * @return the user; empty, without any effect, if the request has no such credential, or if the
   *     Jakarta REST resource must process the request
   * @throws RuntimeException the exceptions of the filter
   */
  Optional<SecurityContext> authenticateByPassword();

  /**
   * Returns the body, if it is completely in memory; otherwise empty. If the body is longer than
   * the maximum of the endpoint, the first {@code maximum + 1} bytes are sufficient.
   */
  Optional<byte[]> body();
}
