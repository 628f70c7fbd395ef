package io.accesstokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChallengesTest {

  @Test
  void browserGetsNoBasicChallenge() {
    String bearer = "Bearer realm=\"access-tokens\"";
    String basic = "Basic realm=\"access-tokens\", charset=\"UTF-8\"";
    assertEquals(List.of(bearer, basic), new Challenges(true).forHeaderNames(List.of("Accept")));
    assertEquals(List.of(bearer), new Challenges(true).forHeaderNames(List.of("sec-fetch-MODE")));
    assertEquals(List.of(bearer), new Challenges(false).forHeaderNames(List.of()));
  }
}
