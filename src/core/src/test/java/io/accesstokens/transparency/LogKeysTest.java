package io.accesstokens.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.log.VerifierKey;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.testing.TestDouble;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class LogKeysTest {

  private final SecureRandom random = new SecureRandom();
  private final InMemoryTokenStore tokens = new InMemoryTokenStore();
  private final KeySeal seal = KeySeal.random(random);
  private final String origin = tokens.log().setOriginIfAbsent("example.com/log");

  private LogKeys open() {
    return LogKeys.open(tokens.log(), seal, origin, Clock.systemUTC(), random);
  }

  @Test
  void changesByAnotherProcessAreLogged() {
    LogKeys running = open();
    LogKeys command = open();
    VerifierKey former = running.verifiers().get(0);
    List<String> lines = new CopyOnWriteArrayList<>();
    Filter recording =
        entry -> {
          lines.add(entry.getLevel() + " " + new SimpleFormatter().formatMessage(entry));
          return false;
        };
    Logger logger = Logger.getLogger(LogKeys.class.getPackageName());
    logger.setFilter(recording);
    try {
      running.refresh();
      VerifierKey added = command.rotate();
      assertEquals(
          List.of("INFO created a key of the transparency log: " + added), lines, "own key");
      lines.clear();
      LogSequencer.of(tokens.log(), command, origin).run();
      running.refresh();
      running.refresh();
      String another = "WARNING another process has %s a key of the transparency log: %s";
      assertEquals(List.of(another.formatted("added", added)), lines);
      lines.clear();
      assertEquals(List.of(former), command.removeOld());
      assertEquals(List.of(), lines, "the process that removes it");
      running.refresh();
      assertEquals(List.of(another.formatted("removed", former)), lines);
    } finally {
      logger.setFilter(null);
    }
  }

  @Test
  void rotationReturnsItsOwnKeyIfAnotherProcessRotatesToo() {
    LogKeys other = open();
    List<VerifierKey> added = new ArrayList<>();
    LogStore store =
        TestDouble.around(
            LogStore.class,
            tokens.log(),
            call ->
                call.name().equals("keys")
                    ? TestDouble.around(
                        SigningKeyStore.class,
                        tokens.log().keys(),
                        method -> {
                          Object result = method.proceed();
                          if (method.name().equals("add") && added.isEmpty()) {
                            added.add(other.rotate());
                          }
                          return result;
                        })
                    : call.proceed());
    LogKeys keys = LogKeys.open(store, seal, origin, Clock.systemUTC(), random);
    VerifierKey own = keys.rotate();
    assertEquals(List.of(added.get(0), own), keys.verifiers().subList(0, 2));
  }
}
