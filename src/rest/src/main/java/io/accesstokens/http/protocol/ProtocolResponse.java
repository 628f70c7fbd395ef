package io.accesstokens.http.protocol;

import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;

/** A response of a protocol endpoint. Immutable, apart from the bytes of the body. */
public final class ProtocolResponse {

  /**
   * A header line.
   *
   * @param name the name of the header
   * @param value the value, in ASCII
   */
  public record Header(String name, String value) {}

  private static final byte[] NO_BYTES = {};

  private static final List<Header> JSON = List.of(new Header("Content-Type", "application/json"));

  private final int status;
  private final List<Header> headers;
  private final byte[] body;

  private ProtocolResponse(int status, List<Header> headers, byte[] body) {
    this.status = status;
    this.headers = List.copyOf(headers);
    this.body = body;
  }

  /** Creates a response without a body. */
  public static ProtocolResponse withoutBody(int status, List<Header> headers) {
    return new ProtocolResponse(status, headers, NO_BYTES);
  }

  /** Creates a response with status 200 and a body in JSON. */
  static ProtocolResponse json(byte[] body) {
    return new ProtocolResponse(200, JSON, body);
  }

  /**
   * Converts a response of Jakarta REST.
   *
   * @param response a response whose entity is a byte array
   */
  static ProtocolResponse of(Response response) {
    List<Header> headers = new ArrayList<>();
    response
        .getStringHeaders()
        .forEach((name, values) -> values.forEach(value -> headers.add(new Header(name, value))));
    return new ProtocolResponse(response.getStatus(), headers, (byte[]) response.getEntity());
  }

  /** Returns a copy of this response with additional headers. */
  ProtocolResponse with(List<Header> additional) {
    List<Header> all = new ArrayList<>(headers);
    all.addAll(additional);
    return new ProtocolResponse(status, all, body);
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the header lines. Lines with the same name follow each other. */
  public List<Header> headers() {
    return headers;
  }

  /** Returns the body, not a copy; empty if there is none. */
  public byte[] body() {
    return body;
  }
}
