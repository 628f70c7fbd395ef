package io.accesstokens;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the text forms of records that contain a secret. A log can contain a text form. */
class RedactedTextTest {

  /** Each text component of the record contains the name of the component. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.response.ServiceTokenResponses$Created | Created[id, redacted]
          http.response.PersonalTokenResponses$Created | Created[id, redacted]
          http.response.RotationResponses$Service | Service[id, redacted]
          http.response.RotationResponses$Personal | Personal[id, redacted]
          oauth.AccessTokenGrantResponse | AccessTokenGrantResponse[redacted]
          oauth.TokenGrant$Issued | Issued[redacted, 0, []]
          consent.MintResponse | MintResponse[flowId, redacted]
          consent.ConsentResponse$ConsentDecisionResponse | ConsentDecisionResponse[redacted]
          consent.MintResource$PickUpRequest | PickUpRequest[redacted]
          login.session.ReauthenticationResource$ReauthenticationRequest | ReauthenticationRequest[redacted]
          """)
  void textContainsNoSecret(String type, String expected) throws Exception {
    assertEquals(expected, made(Class.forName("io.accesstokens." + type)).toString());
  }

  private static Object made(Class<?> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = value(components[i]);
    }
    Constructor<?> constructor =
        type.getDeclaredConstructor(
            Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }

  private static @Nullable Object value(RecordComponent component)
      throws ReflectiveOperationException {
    Class<?> type = component.getType();
    if (type == String.class) {
      return component.getName();
    }
    if (type == List.class) {
      return List.of();
    }
    if (type == long.class) {
      return 0L;
    }
    return type.isRecord() ? made(type) : null;
  }
}
