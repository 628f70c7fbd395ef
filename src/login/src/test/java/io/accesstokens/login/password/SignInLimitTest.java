package io.accesstokens.login.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.TooManySignInsException;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the limit of ten wrong passwords a minute for one name from one address. */
class SignInLimitTest {

  private static final String ADDRESS = "192.0.2.7";

  private final AtomicLong nanos = new AtomicLong();
  private final SignInLimit limit = new SignInLimit(10, Fixtures.timeMeter(nanos::get));

  private SignInLimit.Attempt startAttempt(String name, String password) {
    return limit.startAttempt(name, password.toCharArray(), ADDRESS);
  }

  private void guess(String name, String password, String address) {
    try (SignInLimit.Attempt attempt = limit.startAttempt(name, password.toCharArray(), address)) {
      attempt.reportWrongPassword();
    }
  }

  private void guessTen(String name) {
    for (int i = 0; i < 10; i++) {
      guess(name, "wrong" + i, ADDRESS);
    }
  }

  private TooManySignInsException refused(String name, String password, String address) {
    return assertThrows(TooManySignInsException.class, () -> guess(name, password, address));
  }

  @Test
  void eleventhWrongPasswordIsNotChecked() {
    guessTen("carol");
    TooManySignInsException refused = refused("carol", "right", ADDRESS);
    assertEquals(6, refused.seconds());
    assertTrue(refused.isFirst(), "the first refusal is marked as the first");
    assertFalse(refused("carol", "right", ADDRESS).isFirst(), "reported once");
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    guess("carol", "wrong", ADDRESS);
    refused("carol", "wrong", ADDRESS);
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    guessTen("carol");
    assertTrue(
        refused("carol", "wrong", ADDRESS).isFirst(),
        "the first refusal after a pause is marked as the first");
  }

  /**
   * Some user directories treat these spellings as one name: LDAP by RFC 4518, databases by their
   * collation.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Carol",
        " carol ",
        "c\u00adarol",
        "c\u1806arol",
        "ca\u200brol",
        "caro\ufffcl",
        "\uff43arol",
        "c\u00e1rol"
      })
  void otherSpellingsShareTheLimit(String spelling) {
    guessTen("carol");
    refused(spelling, "wrong", ADDRESS);
    assertEquals(1, limit.guessed());
  }

  @Test
  void otherAddressesAndUsersAreNotLimited() {
    guessTen("carol");
    guess("carol", "wrong", "192.0.2.8");
    guess("dave", "wrong", ADDRESS);
    refused("carol", "wrong", ADDRESS);
  }

  @Test
  void otherSpellingsOfANonAsciiNameShareTheLimit() {
    guessTen("zo\u00eb");
    refused("ZO\u00cb", "wrong", ADDRESS);
    refused(" zoe\u0308 ", "wrong", ADDRESS);
  }

  @Test
  void correctPasswordsDoNotCount() {
    for (int i = 0; i < 9; i++) {
      guess("carol", "wrong" + i, ADDRESS);
    }
    for (int i = 0; i < 100; i++) {
      startAttempt("carol", "right").close();
    }
    guess("carol", "wrong", ADDRESS);
    refused("carol", "right", ADDRESS);
  }

  @Test
  void concurrentCorrectPasswordsAreAccepted() {
    List<SignInLimit.Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      attempts.add(startAttempt("carol", "right"));
    }
    attempts.forEach(SignInLimit.Attempt::close);
    guessTen("carol");
  }

  @Test
  void concurrentGuessesShareTheLimit() {
    List<SignInLimit.Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(startAttempt("carol", "guess" + i));
    }
    assertThrows(TooManySignInsException.class, () -> startAttempt("carol", "guess10"));
    attempts.get(0).close(); // its password was right
    startAttempt("carol", "guess11").reportWrongPassword();
    assertThrows(TooManySignInsException.class, () -> startAttempt("carol", "guess12"));
  }

  @Test
  void equalGuessesCountUntilTheLastOfThemEnds() {
    SignInLimit.Attempt first = startAttempt("carol", "right");
    SignInLimit.Attempt second = startAttempt("carol", "right");
    first.close();
    for (int i = 0; i < 9; i++) {
      startAttempt("carol", "guess" + i);
    }
    assertThrows(TooManySignInsException.class, () -> startAttempt("carol", "guess9"));
    second.close();
    startAttempt("carol", "guess10");
    assertThrows(TooManySignInsException.class, () -> startAttempt("carol", "guess11"));
  }

  @Test
  void concurrentEqualGuessesAreCheckedTenTimes() {
    List<SignInLimit.Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      attempts.add(startAttempt("carol", "wrong"));
    }
    int checked = 0;
    for (SignInLimit.Attempt attempt : attempts) {
      try (attempt) {
        attempt.reportWrongPassword();
        checked++;
      } catch (TooManySignInsException e) {
        assertTrue(e.seconds() >= 1, "wait of " + e.seconds() + " seconds");
      }
    }
    assertEquals(10, checked);
  }

  @Test
  void threadsTogetherGetTenGuesses() throws Exception {
    AtomicInteger checked = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int first = t;
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  for (int i = 0; i < 500; i++) {
                    startAttempt("carol", "right").close();
                    guess("carol", "wrong" + first + i, ADDRESS);
                    checked.incrementAndGet();
                  }
                } catch (TooManySignInsException | InterruptedException e) {
                  // this thread has reached the limit
                }
              });
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(10, checked.get());
  }

  @Test
  void attemptsWithoutAFailureAreReleased() {
    for (int i = 0; i < 1000; i++) {
      startAttempt("unknown" + i, "busy").close();
    }
    assertEquals(0, limit.guessed());
    assertEquals(0, limit.running());
    guess("carol", "wrong", ADDRESS);
    assertEquals(1, limit.guessed());
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    startAttempt("carol", "right").close();
    assertEquals(0, limit.guessed(), "all guesses are available again");
  }

  @Test
  void refusedAttemptsAreReleased() {
    guessTen("carol");
    refused("carol", "wrong", ADDRESS);
    assertEquals(0, limit.running());
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    SignInLimit.Attempt right = startAttempt("carol", "right");
    assertThrows(TooManySignInsException.class, () -> startAttempt("carol", "wrong"));
    assertEquals(1, limit.running());
    right.close();
    assertEquals(0, limit.running());
  }

  /** A wrong password must count, even if another attempt for the same name ends meanwhile. */
  @Test
  void wrongPasswordCountsAlthoughAnotherAttemptEndsMeanwhile() {
    SignInLimit.Attempt wrong = startAttempt("carol", "wrong");
    startAttempt("carol", "right").close();
    wrong.reportWrongPassword();
    startAttempt("carol", "right").close();
    wrong.close();
    for (int i = 0; i < 9; i++) {
      guess("carol", "wrong" + i, ADDRESS);
    }
    refused("carol", "right", ADDRESS);
  }

  @Test
  void zeroIsNoLimit() {
    SignInLimit none = new SignInLimit(0, TimeMeter.SYSTEM_NANOTIME);
    for (int i = 0; i < 1000; i++) {
      try (SignInLimit.Attempt attempt =
          none.startAttempt("carol", "wrong".toCharArray(), ADDRESS)) {
        attempt.reportWrongPassword();
      }
    }
  }
}
