package io.accesstokens.testing.fuzz;

import java.util.List;

/** HTTP methods, content types and header lines with boundary values and invalid values. */
final class HostileHeaders {

  static final List<String> CONTENT_TYPES =
      List.of(
          "application/json",
          "application/json; charset=utf-8",
          "application/json; charset=utf-16",
          "application/json; charset=" + HostileValues.MARK,
          "application/json;;;",
          "application/json; a=\"b;c\"",
          "APPLICATION/JSON",
          "application/merge-patch+json",
          "application/x-www-form-urlencoded",
          "application/x-www-form-urlencoded; charset=iso-8859-1",
          "multipart/form-data; boundary=" + HostileValues.MARK,
          "multipart/form-data",
          "text/plain",
          "text/xml",
          "*/*",
          "application/*",
          "application",
          "/",
          HostileValues.MARK,
          "application/json, text/plain",
          "a/b" + ";a=b".repeat(100),
          "application/json; " + "q=\"".repeat(20));

  /** Header lines that the fuzzer can add to a request. */
  static final List<String> HEADERS =
      List.of(
          "Accept: */*",
          "Accept: application/json",
          "Accept: application/problem+json",
          "Accept: text/csv",
          "Accept: application/x-ndjson",
          "Accept: text/html",
          "Accept: application/json;q=0",
          "Accept: application/json;q=" + HostileValues.MARK,
          "Accept: " + HostileValues.MARK,
          "Accept:",
          "Accept: a/b" + ";a=b".repeat(100),
          "Accept: ,,,,application/json",
          "Accept-Encoding: gzip, br, " + HostileValues.MARK,
          "Accept-Language: " + HostileValues.MARK,
          "Accept-Charset: utf-16",
          "Content-Encoding: gzip",
          "Content-Encoding: identity",
          "Content-Language: " + HostileValues.MARK,
          "Origin: https://" + HostileValues.MARK + ".example",
          "Origin: null",
          "Sec-Fetch-Site: cross-site",
          "Sec-Fetch-Site: " + HostileValues.MARK,
          "Sec-Fetch-Mode: navigate",
          "X-Requested-With: XMLHttpRequest",
          "Cookie: a=b; " + HostileValues.MARK + "=c",
          "Cookie: " + "a=b;".repeat(300),
          "Cookie: \u0001=\u0002",
          "Forwarded: for=192.0.2.1;proto=" + HostileValues.MARK,
          "Forwarded: for=\"[" + HostileValues.MARK,
          "X-Forwarded-For: 192.0.2.1, " + HostileValues.MARK,
          "X-Forwarded-Proto: https",
          "X-Forwarded-Host: " + HostileValues.MARK + ".example",
          "X-HTTP-Method-Override: DELETE",
          "X-Original-URL: /" + HostileValues.MARK,
          "Idempotency-Key: " + HostileValues.MARK,
          "If-None-Match: *",
          "If-Match: \"" + HostileValues.MARK + "\"",
          "If-Modified-Since: " + HostileValues.MARK,
          "Range: bytes=0-1",
          "Range: bytes=9-1",
          "Connection: close",
          "Upgrade: h2c",
          "TE: trailers",
          "Via: 1.1 " + HostileValues.MARK,
          "traceparent: 00-" + HostileValues.MARK + "-1-01",
          "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "User-Agent: " + HostileValues.MARK + "\u00e9\u0080",
          "User-Agent:",
          "Access-Control-Request-Method: DELETE",
          "X-" + HostileValues.MARK + ": " + "y".repeat(3_000));

  static final List<String> METHODS =
      List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FUZZ", "get");

  private HostileHeaders() {}
}
