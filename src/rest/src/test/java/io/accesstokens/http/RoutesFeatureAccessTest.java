package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutesFeatureAccessTest {

  /** A resource that declares no access rule. */
  @Path("undeclared")
  public static class Undeclared {
    @GET
    public String forgotten() {
      return "";
    }
  }

  /** A resource that declares two access rules on one method. */
  @Path("twice")
  public static class Twice {
    @GET
    @PermitAll
    @DenyAll
    public String both() {
      return "";
    }
  }

  /** A resource that declares access rules on the class, on an interface and on a method. */
  @Path("declared")
  @DenyAll
  public static class Declared implements Inherited {
    @GET
    public String closed() {
      return "";
    }

    @GET
    @Path("open")
    @PermitAll
    public String open() {
      return "open";
    }

    @Override
    @RolesAllowed({"one", "access-tokens:service:read"})
    public String inherited() {
      return "either";
    }
  }

  /** An interface with the HTTP method annotation that the implementation inherits. */
  public interface Inherited {
    @GET
    @Path("inherited")
    String inherited();
  }

  private static String startFailure(Class<?> resource) {
    RuntimeException thrown =
        assertThrows(RuntimeException.class, () -> new ApiFixture(List.of(resource)));
    StringBuilder messages = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      messages.append(t.getMessage()).append('\n');
    }
    return messages.toString();
  }

  @Test
  void undeclaredMethodStopsTheStartAndIsNamed() {
    String undeclared = startFailure(Undeclared.class);
    assertTrue(undeclared.contains("Undeclared.forgotten"), undeclared);
    String twice = startFailure(Twice.class);
    assertTrue(twice.contains("Twice.both"), twice);
  }

  @Test
  void declarationOnTheMethodWins() {
    ApiFixture api = new ApiFixture(List.of(Declared.class));
    assertEquals("open", api.anonymous().get("declared/open").expect(200).text());
    api.anonymous().get("declared").expect(401);
    api.as("alice").get("declared").expect(403);
    api.anonymous().get("declared/inherited").expect(401);
    api.as("dave").get("declared/inherited").expect(403);
    api.as("bob").get("declared/inherited").expect(200);
    api.anonymous().send("POST", "declared/open", null).expect(405);
  }
}
