package io.accesstokens.store.entity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTextTest {

  @Test
  void scopesOfManyRowsAreHeldOnce() {
    List<String> one = JsonText.list("[\"catalog:read\",\"billing:read\"]");
    List<String> other = JsonText.list("[\"billing:read\"]");
    assertEquals(List.of("catalog:read", "billing:read"), one);
    assertSame(one.get(1), other.get(0));
  }
}
