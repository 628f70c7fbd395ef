package io.accesstokens.auth;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import jakarta.ws.rs.InternalServerErrorException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests to which the runtime applied no access rule. */
class UndecidedAccessFilterTest {

  static class Guarded {

    void read() {}
  }

  /** Stands for a proxy class that a container generates. */
  static class GuardedProxy extends Guarded {}

  static class Other {}

  private static final ContainerRequestContext REQUEST =
      TestDouble.of(ContainerRequestContext.class, call -> null);

  private static UndecidedAccessFilter filterFor(Class<?> resource) {
    UndecidedAccessFilter filter =
        new UndecidedAccessFilter(
            (matched, request) ->
                matched == null || Guarded.class.isAssignableFrom(matched)
                    ? Optional.of(new ErrorResponses(false))
                    : Optional.empty());
    filter.matched =
        TestDouble.of(
            ResourceInfo.class,
            call ->
                call.name().equals("getResourceClass")
                    ? resource
                    : Guarded.class.getDeclaredMethod("read"));
    return filter;
  }

  @ParameterizedTest
  @ValueSource(classes = {Guarded.class, GuardedProxy.class})
  void requestToAGuardedClassOrItsProxyIsRefused(Class<?> resource) {
    UndecidedAccessFilter filter = filterFor(resource);
    assertThrows(InternalServerErrorException.class, () -> filter.filter(REQUEST));
  }

  @Test
  void requestToAnotherClassPasses() {
    UndecidedAccessFilter filter = filterFor(Other.class);
    assertDoesNotThrow(() -> filter.filter(REQUEST));
  }

  @Test
  void logNamesTheMethodOfTheFirstRequest() {
    UndecidedAccessFilter filter = filterFor(Guarded.class);
    try (RecordedLog log = new RecordedLog(AccessTokensFeature.class.getPackageName())) {
      assertThrows(InternalServerErrorException.class, () -> filter.filter(REQUEST));
      assertThrows(InternalServerErrorException.class, () -> filter.filter(REQUEST));
      assertEquals(1, log.lines().size(), log.lines()::toString);
      assertTrue(log.lines().get(0).contains("Guarded.read()"), log.lines()::toString);
    }
  }
}
