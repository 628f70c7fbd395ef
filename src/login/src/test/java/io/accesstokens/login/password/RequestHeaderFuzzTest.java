package io.accesstokens.login.password;

import static io.accesstokens.testing.FuzzInput.header;
import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.roundTrip;
import static io.accesstokens.testing.FuzzInput.same;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.login.openid.OpenIdAttempt;
import io.accesstokens.login.openid.RedirectPath;
import io.accesstokens.login.session.OwnCookie;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.verify.IpAddress;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Fuzzes the request headers that identify the caller: Origin, Cookie, Basic credentials and Host.
 * Also fuzzes cookie values.
 */
class RequestHeaderFuzzTest {

  private static final URI LOCAL = URI.create("http://localhost:8080/api/x");
  private static final String NAME = "access-tokens-session";

  @FuzzTest
  @DictionaryEntries({
    "https://tokens.example:8443",
    "http://[::1]",
    "null",
    "Basic YWxpY2U6YWxpY2U=",
    "access-tokens-session=",
    "; ",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "%lo",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.Lw",
    "/pages/x?y=1",
    "//"
  })
  void headers(byte[] input) {
    String text = header(input);
    WebOrigin.parse(text).ifPresent(RequestHeaderFuzzTest::isCanonical);
    basic(text);
    cookies(text);
    attempt(text);
    String path = RedirectPath.orRoot(text);
    holds("an own path", RedirectPath.isValid(path));
    same("the host of a path", "localhost", LOCAL.resolve(URI.create(path)).getHost());
    if (SampleUsers.isLoopback(text)) {
      holds("an address, no name: " + text, IpAddress.parse(text).isPresent());
    }
  }

  private static void isCanonical(WebOrigin origin) {
    roundTrip(origin, WebOrigin::toString, WebOrigin::parse);
    same("the host in lower case", origin.host().toLowerCase(Locale.ROOT), origin.host());
    holds("a port of five digits", origin.port() >= -1 && origin.port() <= 99_999);
    holds("no path", origin.toString().indexOf('/', origin.scheme().length() + 3) < 0);
  }

  private static void basic(String text) {
    Optional<BasicCredential> read = BasicCredential.read(List.of(text));
    holds("a credential is of the scheme", read.isEmpty() || BasicCredential.isIn(List.of(text)));
    read.ifPresent(
        credential -> {
          String pair = credential.username() + ':' + new String(credential.password());
          holds("a name", !credential.username().isEmpty());
          holds("a name without a colon", credential.username().indexOf(':') < 0);
          holds("no control character", pair.chars().noneMatch(Character::isISOControl));
          String header =
              "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
          BasicCredential again = BasicCredential.read(List.of(header)).orElseThrow();
          same("the name", credential.username(), again.username());
          holds("the password", Arrays.equals(credential.password(), again.password()));
          same("two credentials", Optional.empty(), BasicCredential.read(List.of(text, text)));
        });
  }

  private static void cookies(String text) {
    MultivaluedHashMap<String, String> headers = new MultivaluedHashMap<>();
    headers.add("Cookie", text);
    RequestInfo requestInfo = new RequestInfo(null, "GET", () -> LOCAL, headers, null, false);
    OwnCookie cookie = new OwnCookie(NAME, null);
    cookie
        .value(requestInfo)
        .ifPresent(
            value -> {
              holds("the value is one of the header", text.contains(NAME + '=' + value));
              holds("no separator in a value", value.indexOf(';') < 0);
            });
  }

  private static void attempt(String text) {
    OpenIdAttempt.parse(text)
        .ifPresent(
            attempt -> {
              holds("an own path", RedirectPath.isValid(attempt.redirectPath()));
              roundTrip(attempt, OpenIdAttempt::cookie, OpenIdAttempt::parse);
              holds("its own state", attempt.matchesState(attempt.state()));
              holds("no other state", !attempt.matchesState(text));
              holds("an attempt is redacted", !attempt.toString().contains(text));
            });
  }
}
