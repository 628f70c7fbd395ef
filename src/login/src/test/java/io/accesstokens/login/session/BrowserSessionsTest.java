package io.accesstokens.login.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.directory.NoGroups;
import io.accesstokens.http.caller.OriginCheck;
import io.accesstokens.login.password.RequestInfo;
import io.accesstokens.login.session.BrowserSessions.ValidSession;
import io.accesstokens.session.Session;
import io.accesstokens.session.SessionStore;
import io.accesstokens.session.Sessions;
import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.policy.PermissionPolicy;
import io.accesstokens.verify.EntityRef;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BrowserSessionsTest {

  private static final EntityRef USER = EntityRef.parseUser("erin").orElseThrow();

  private final List<UUID> undeletable = new ArrayList<>();
  private final SessionStore store =
      TestDouble.around(
          SessionStore.class,
          new InMemorySessionStore(),
          call -> {
            if (call.name().equals("delete") && undeletable.contains(call.argument(0))) {
              throw new StoreUnavailableException("down", new IllegalStateException());
            }
            return call.proceed();
          });
  private final Sessions stored =
      new Sessions(
          store,
          Duration.ofMinutes(30),
          Duration.ofHours(8),
          InstantSource.system(),
          new SecureRandom());
  private final BrowserSessions sessions =
      new BrowserSessions(
          stored,
          null,
          (method, username, recorded) -> Optional.ofNullable(recorded),
          new NoGroups(),
          new PermissionPolicy(PermissionPolicy.Grantees.NONE, PermissionPolicy.Grantees.NONE),
          new OriginCheck(null),
          (method, reason, username, address) -> {});

  private Optional<ValidSession> start(List<String> setCookies) {
    MultivaluedHashMap<String, String> headers = new MultivaluedHashMap<>();
    setCookies.forEach(cookie -> headers.add("Cookie", cookie.split(";", 2)[0]));
    return sessions.start(
        requestInfo(headers),
        null,
        key ->
            new Session.SignIn(
                USER,
                "Erin",
                Session.LoginMethod.PASSWORD,
                "erin",
                "state",
                Set.of(),
                Set.of(),
                false,
                null));
  }

  private static RequestInfo requestInfo(MultivaluedHashMap<String, String> headers) {
    return new RequestInfo(
        null, "POST", () -> URI.create("http://localhost/"), headers, null, false);
  }

  @Test
  void signInEndsThePreviousSessionOfTheBrowser() {
    ValidSession first = start(List.of()).orElseThrow();
    List<String> cookies = sessions.cookiesOf(first, requestInfo(new MultivaluedHashMap<>()));
    ValidSession second = start(cookies).orElseThrow();
    assertEquals(
        List.of(second.keyedSession().session().id()),
        stored.findAllOf(USER).stream().map(Session::id).toList());
  }

  /** No client knows the key of the new session. */
  @Test
  void newSessionEndsIfThePreviousSessionCannotBeEnded() {
    ValidSession first = start(List.of()).orElseThrow();
    List<String> cookies = sessions.cookiesOf(first, requestInfo(new MultivaluedHashMap<>()));
    UUID previous = first.keyedSession().session().id();
    undeletable.add(previous);
    assertThrows(StoreUnavailableException.class, () -> start(cookies));
    assertEquals(List.of(previous), stored.findAllOf(USER).stream().map(Session::id).toList());
  }
}
