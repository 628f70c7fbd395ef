package io.accesstokens.auth;

import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenCheck;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks an access-tokens service about each raw token, by {@code GET
 * {service}/api/access-tokens/whoami}. Nothing is kept from one request to the next, so that a
 * revocation counts at once.
 *
 * <p>It fails closed. A whole and well-formed 200 about a service token is an acceptance. A 401
 * with {@code error="invalid_token"} in its bearer challenge is a refusal, and so is a 200 about
 * anybody but a service token. Everything else is a {@link VerificationUnavailable}: no connection,
 * no answer in time, a redirect (which is never followed), a page of some proxy, an answer that is
 * too long.
 *
 * <p>A request whose connection fails is sent once more, over a new connection, within the same
 * time. The raw token leaves this process over TLS only, unless the service is on a loopback
 * address or plain HTTP is allowed by name.
 */
public final class RemoteTokenCheck implements TokenCheck {

  private static final String PATH = "/api/access-tokens/whoami";

  /**
   * The parameters of a bearer challenge, wherever in the field it stands. The next challenge ends
   * them: its scheme is followed by no equals sign (RFC 9110, section 11.6.1).
   */
  private static final Pattern BEARER =
      Pattern.compile(
          "(?:^|,)\\s*+Bearer\\s++((?:,?\\s*+[\\w!#$%&'*+.^`|~-]++\\s*+=\\s*+"
              + "(?:\"(?:[^\"\\\\]|\\\\.)*+\"|[\\w!#$%&'*+.^`|~-]++)\\s*+)*+)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern INVALID_TOKEN =
      Pattern.compile(
          "(?:^|[\\s,])error\\s*+=\\s*+\"?+invalid_token\"?+(?:$|[\\s,])",
          Pattern.CASE_INSENSITIVE);

  private final URI whoAmI;
  private final RemoteConnections connections;

  private RemoteTokenCheck(Builder builder) {
    this.whoAmI = builder.whoAmI();
    this.connections =
        new RemoteConnections(
            builder.connectTimeout, builder.timeout, Optional.ofNullable(builder.sslContext));
  }

  /**
   * Asks the service at that address, with the defaults of {@link Builder}.
   *
   * @param service where it is, {@code https://tokens.example.com} or {@code
   *     https://apps.example.com/access-tokens}
   * @throws IllegalArgumentException if it is not such an address, or its scheme is {@code http}
   *     and its host not a loopback address
   */
  public static RemoteTokenCheck of(URI service) {
    return builder(service).build();
  }

  /** Begins with the defaults. */
  public static Builder builder(URI service) {
    return new Builder(service);
  }

  @Override
  public Verification check(RawToken token) {
    HttpRequest request =
        HttpRequest.newBuilder(whoAmI)
            .header("Authorization", "Bearer " + token.reveal())
            .header("Accept", "application/json")
            .GET()
            .build();
    HttpResponse<byte[]> answer;
    try {
      answer = connections.send(request);
    } catch (IOException e) {
      throw new VerificationUnavailable("no answer from " + whoAmI, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VerificationUnavailable("interrupted while asking " + whoAmI, e);
    }
    return switch (answer.statusCode()) {
      case 200 -> WhoAmIAnswer.read(answer);
      case 401 -> refusal(answer);
      default -> throw new VerificationUnavailable(whoAmI + " answered " + answer.statusCode());
    };
  }

  private Verification refusal(HttpResponse<?> answer) {
    List<String> challenges = answer.headers().allValues("WWW-Authenticate");
    for (String field : challenges) {
      Matcher bearer = BEARER.matcher(field);
      while (bearer.find()) {
        if (INVALID_TOKEN.matcher(bearer.group(1)).find()) {
          return WhoAmIAnswer.UNKNOWN;
        }
      }
    }
    throw new VerificationUnavailable(whoAmI + " answered 401, but not about the token");
  }

  /** The choices of an application. */
  public static final class Builder {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** The loopback block of RFC 1122, section 3.2.1.3, the address of RFC 4291, and the name. */
    private static final Pattern LOOPBACK =
        Pattern.compile("127(\\.\\d{1,3}){3}|\\[::1]|localhost");

    private final URI service;
    private Duration connectTimeout = CONNECT_TIMEOUT;
    private Duration timeout = TIMEOUT;
    private boolean plainHttp;
    private @Nullable SSLContext sslContext;

    private Builder(URI service) {
      this.service = service;
    }

    /** How long to wait for a connection. By default two seconds. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive(timeout);
      return this;
    }

    /** How long to wait for the whole answer, a second try included. By default five seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = positive(timeout);
      return this;
    }

    /** Trusts what this trusts. By default it is the platform's. */
    public Builder sslContext(SSLContext context) {
      this.sslContext = context;
      return this;
    }

    /**
     * Allows raw tokens to cross the network in the clear, where something else encrypts it, a
     * service mesh for instance.
     */
    public Builder allowPlainHttp() {
      this.plainHttp = true;
      return this;
    }

    /**
     * @throws IllegalArgumentException as {@link RemoteTokenCheck#of} does
     */
    public RemoteTokenCheck build() {
      return new RemoteTokenCheck(this);
    }

    private static Duration positive(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("a time-out is longer than nothing");
      }
      return timeout;
    }

    private URI whoAmI() {
      String scheme = String.valueOf(service.getScheme()).toLowerCase(Locale.ROOT);
      String host = service.getHost();
      if (!(scheme.equals("https") || scheme.equals("http"))
          || host == null
          || service.getRawUserInfo() != null
          || service.getRawQuery() != null
          || service.getRawFragment() != null) {
        // Without the address: somebody may have written a password into it.
        throw new IllegalArgumentException(
            "the service's address is https://host[:port][/path], and nothing more");
      }
      if (scheme.equals("http") && !plainHttp && !LOOPBACK.matcher(host).matches()) {
        throw new IllegalArgumentException(
            "raw tokens are sent over https only, and to " + host + " it is not");
      }
      String address = service.toString();
      while (address.endsWith("/")) {
        address = address.substring(0, address.length() - 1);
      }
      return URI.create(address + PATH);
    }
  }
}
