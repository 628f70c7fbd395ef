package io.accesstokens.testing.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads HTTP responses from a stream, with the message format of RFC 9112, section 6. */
final class ResponseReader {

  private ResponseReader() {}

  /** Reads one response. Returns empty if the server closes the connection without a response. */
  static Optional<ApiResult> read(InputStream in, String requestLine) throws IOException {
    List<String> head = new ArrayList<>();
    String line = readLine(in);
    while (!line.isEmpty()) {
      head.add(line);
      line = readLine(in);
    }
    if (head.isEmpty()) {
      return Optional.empty();
    }
    if (!head.get(0).startsWith("HTTP/1.1 ")) {
      throw new AssertionError("no response to " + requestLine + ", but: " + head);
    }
    int status = Integer.parseInt(head.get(0).substring(9, 12));
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header : head.subList(1, head.size())) {
      int colon = header.indexOf(':');
      headers
          .computeIfAbsent(header.substring(0, colon), name -> new ArrayList<>())
          .add(header.substring(colon + 1).strip());
    }
    boolean bodiless = requestLine.startsWith("HEAD ") || status == 204 || status < 200;
    byte[] body = bodiless ? new byte[0] : readBody(in, headers);
    String method = requestLine.replaceFirst(" .*", "");
    return Optional.of(new ApiResult(method, requestLine, status, headers, body));
  }

  private static byte[] readBody(InputStream in, Map<String, List<String>> headers)
      throws IOException {
    if (headers.containsKey("Transfer-Encoding")) {
      return readChunks(in);
    }
    List<String> length = headers.get("Content-Length");
    return length == null ? in.readAllBytes() : readExactly(in, Integer.parseInt(length.get(0)));
  }

  private static byte[] readExactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the body ends after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int size = Integer.parseInt(readLine(in), 16);
    while (size > 0) {
      body.write(readExactly(in, size));
      readLine(in);
      size = Integer.parseInt(readLine(in), 16);
    }
    readLine(in);
    return body.toByteArray();
  }

  /** Returns a line without its terminator, or an empty string at the end of the stream. */
  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next != '\n' && next != -1) {
      line.write(next);
      next = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
