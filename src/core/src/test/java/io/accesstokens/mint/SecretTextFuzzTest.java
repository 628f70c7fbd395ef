package io.accesstokens.mint;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.session.SessionKey;
import java.util.Optional;

/** Fuzzes the texts of session keys and of one-time codes. */
class SecretTextFuzzTest {

  @FuzzTest
  void texts(byte[] input) {
    String text = text(input);
    SessionKey.parse(text)
        .ifPresent(
            key -> {
              same("the text of a session key", text, key.reveal());
              holds("a session key is redacted", !key.toString().contains(text));
              same("nothing opens by chance", Optional.empty(), key.open(text));
            });
    OneTimeCode.parse(text)
        .ifPresent(
            code -> {
              same("the text of a code", text, code.reveal());
              holds("a code is redacted", !code.toString().contains(text));
              same("the length of a challenge", 43, code.challenge().length());
            });
  }
}
