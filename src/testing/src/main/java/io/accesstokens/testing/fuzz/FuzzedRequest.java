package io.accesstokens.testing.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of the fuzzer.
 *
 * @param operation the operation whose path the request has
 * @param caller the caller that sends the request
 * @param method the HTTP method. The document need not declare this method for the path
 * @param target the request target in ISO 8859-1, including the context path
 * @param headers the header lines, without line terminators
 * @param body the body, or null for none
 * @param chunked true if the request does not announce the length of the body
 * @param routed false if the path may match another operation or no operation
 */
@SuppressWarnings("ArrayRecordComponent") // no code compares requests
record FuzzedRequest(
    Operation operation,
    Caller caller,
    String method,
    String target,
    List<String> headers,
    byte @Nullable [] body,
    boolean chunked,
    boolean routed) {

  private static final int SHOWN = 600;

  /**
   * Returns true if the operation declares the method of this request. An operation that declares
   * GET also declares HEAD.
   */
  boolean isDeclared() {
    return method.equals(operation.method())
        || operation.anyMethod()
        || (isHead() && operation.method().equals("GET"));
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /**
   * Returns the bytes of the request.
   *
   * @param host the value of the Host header
   */
  byte[] bytes(String host) {
    StringBuilder head = new StringBuilder(method).append(' ').append(target);
    head.append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (body != null) {
      head.append(chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + body.length);
      head.append(chunked ? "" : "\r\n");
    }
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (body != null && chunked) {
      if (body.length > 0) {
        String size = Integer.toHexString(body.length) + "\r\n";
        bytes.writeBytes(size.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        bytes.writeBytes(new byte[] {'\r', '\n'});
      }
      bytes.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    } else if (body != null) {
      bytes.writeBytes(body);
    }
    return bytes.toByteArray();
  }

  /**
   * Returns a short text of the request without credentials. Long parts are truncated, and special
   * characters are escaped.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(caller.name()).append(": ");
    append(text, method + ' ' + target);
    headers.stream()
        .filter(line -> !caller.headers().contains(line))
        .forEach(line -> append(text.append("\n  "), line));
    if (body != null) {
      append(text.append("\n  "), new String(body, StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String part) {
    int end = Math.min(part.length(), SHOWN);
    for (int i = 0; i < end; i++) {
      char c = part.charAt(i);
      if (c >= ' ' && c < 0x7F) {
        text.append(c);
      } else {
        text.append(String.format("\\x%02x", (int) c));
      }
    }
    if (end < part.length()) {
      text.append("… (").append(part.length()).append(" bytes)");
    }
  }
}
