package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.AccessTokensRoutes;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Resources as objects or classes, and what a runtime says of them. */
class GiveResourcesTest {

  private static final String OURS =
      "A provider io.accesstokens.http.WhoAmI registered in SERVER runtime does not implement any";
  private static final String OTHERS =
      "A provider com.example.Odd registered in SERVER runtime does not implement any";

  @Test
  void aRuntimeIsOwnIfItComesFromWhereWeCome() {
    assertTrue(ApiApplication.isOwn("org.glassfish.jersey.server.ResourceConfig"));
    assertFalse(ApiApplication.isOwn("java.lang.String"), "of a parent");
    assertFalse(ApiApplication.isOwn("org.jboss.resteasy.NoSuchThing"));
  }

  @Test
  void onlyWhatIsUnfoundedIsKeptFromTheLog() {
    Logger logger = Logger.getLogger("org.glassfish.jersey.internal.inject.Providers");
    List<String> lines = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            lines.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      ResourceObjects.keepQuiet(AccessTokensRoutes.singletons());
      logger.log(Level.WARNING, OURS);
      logger.log(Level.WARNING, OTHERS);
      assertEquals(List.of(OTHERS), lines);
      ResourceObjects.forget();
      logger.log(Level.WARNING, OURS);
      assertEquals(List.of(OTHERS, OURS), lines);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
      ResourceObjects.forget();
    }
  }
}
