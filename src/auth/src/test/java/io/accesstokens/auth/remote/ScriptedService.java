package io.accesstokens.auth.remote;

import static io.accesstokens.testing.ScriptedServer.json;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.VerificationUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Provides remote verifiers that call a scripted service. */
abstract class ScriptedService {

  static final RawToken TOKEN =
      RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SplittableRandom(1));

  static final RawToken CREDENTIAL =
      RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SplittableRandom(2));

  /** The introspection response for a valid token. */
  static final String GOOD =
      "{\"active\":true,\"sub\":\"service-token:group:default/platform:deploy\","
          + "\"scope\":\"catalog:read x\",\"exp\":1798761600,"
          + "\"expires_at\":\"2027-01-01T00:00:00.250Z\","
          + "\"jti\":\"6f9619ff-8b86-4d01-b42d-00c04fc964ff\",\"more\":{}}";

  /** A timeout that is longer than the machine can stop. */
  static final Duration LONG = Duration.ofMinutes(1);

  /** A response of the change feed; {@code NONCE} is replaced by the nonce of the request. */
  static final String PAGE =
      "{\"nonce\":\"NONCE\",\"leaseMillis\":2000,\"lastNumber\":0,\"entries\":[],"
          + "\"complete\":true,\"server\":\"one\",\"databaseTime\":\"2026-01-01T00:00:00.000Z\"}";

  private static final Pattern NONCE = Pattern.compile("[?&]nonce=([A-Za-z0-9_-]+)");

  final ScriptedServer server;
  private final List<RemoteTokenVerifier> verifiers = new ArrayList<>();

  /** The script for the introspection endpoint. */
  volatile ScriptedServer.Script introspection = json(GOOD);

  /** The response body of the change feed. */
  volatile String page = PAGE;

  /** The script for the change feed; by default it returns {@link #page}. */
  volatile ScriptedServer.Conversation changes =
      (request, out) -> json(page.replace("NONCE", nonce(request))).answer(out);

  ScriptedService() {
    try {
      server = new ScriptedServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.converse(this::answer);
  }

  /** Answers a request by the script of its endpoint. */
  final void answer(String request, OutputStream out) throws Exception {
    if (isPoll(request)) {
      changes.answer(request, out);
    } else {
      introspection.answer(out);
    }
  }

  static String nonce(String request) {
    Matcher nonce = NONCE.matcher(request);
    if (!nonce.find()) {
      throw new AssertionError("no nonce: " + request.lines().findFirst());
    }
    return nonce.group(1);
  }

  static boolean isPoll(String request) {
    return request.startsWith("GET /tokens/api/access-tokens/changes?");
  }

  final List<String> introspections() {
    return server.requests().stream().filter(request -> !isPoll(request)).toList();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    verifiers.forEach(RemoteTokenVerifier::close);
  }

  final URI service() {
    return URI.create("http://127.0.0.1:" + server.port() + "/tokens/");
  }

  final RemoteTokenVerifier.Builder builder() {
    return builder(service(), CREDENTIAL::reveal);
  }

  /** Returns a builder for a verifier whose timeouts are longer than the machine can stop. */
  static RemoteTokenVerifier.Builder builder(URI service, Supplier<String> credential) {
    return RemoteTokenVerifier.builder(service, () -> VerifierCredential.token(credential.get()))
        .connectTimeout(LONG)
        .timeout(LONG)
        .waits(new FixedWaits(LONG), LONG);
  }

  /** The system clock, with waits of the same maximum duration. */
  record FixedWaits(Duration longest) implements MachineClock {
    @Override
    public long monotonicNanos() {
      return SYSTEM.monotonicNanos();
    }

    @Override
    public long wallMillis() {
      return SYSTEM.wallMillis();
    }

    @Override
    public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
        throws ExecutionException {
      return SYSTEM.await(result, longest);
    }
  }

  final RemoteTokenVerifier made(RemoteTokenVerifier.Builder builder) {
    RemoteTokenVerifier verifier = builder.build();
    verifiers.add(verifier);
    return verifier;
  }

  final RemoteTokenVerifier verifier() {
    return made(builder());
  }

  final VerificationUnavailableException unavailable() {
    return unavailable(verifier());
  }

  static VerificationUnavailableException unavailable(RemoteTokenVerifier verifier) {
    VerificationUnavailableException thrown =
        assertThrows(VerificationUnavailableException.class, () -> verifier.verify(TOKEN));
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      assertFalse(String.valueOf(t).contains(TOKEN.reveal()), "the token is in a message");
      assertFalse(
          String.valueOf(t).contains(CREDENTIAL.reveal()), "the credential is in a message");
    }
    return thrown;
  }
}
