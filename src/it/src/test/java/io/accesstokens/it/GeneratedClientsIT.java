package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.program.GeneratedClients;
import io.accesstokens.testing.program.NodeClients;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests the OpenAPI document of a running server: by the recommended rules of two linters, and with
 * the clients of {@code src/docs/generate-a-client.md}, which are generated from the document.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GeneratedClientsIT {

  private static final Path PAGE = Path.of("src/docs/generate-a-client.md");
  private static final Pattern OUTPUT = Pattern.compile("(?s)```text\n(.*?)```");

  private RunningApplication application;

  private JsonObject document;

  private GeneratedClients clients;

  @BeforeAll
  void start() throws Exception {
    application = RunningApplication.start(WarProcess.inNewFolder().with("--in-memory"));
    document = application.api().get("/api/openapi.json").ok();
    clients = GeneratedClients.generate(PAGE, document.toString());
  }

  @AfterAll
  void stop() {
    application.close();
  }

  @Test
  void documentNamesTheVersionAndTheAddressOfTheService() {
    assertEquals(
        System.getProperty("accesstokens.version"),
        document.getJsonObject("info").getString("version"));
    assertEquals(
        application.api().origin() + "/api",
        document.getJsonArray("servers").getJsonObject(0).getString("url"));
  }

  @Test
  void documentObeysTheRecommendedRules() throws Exception {
    NodeClients.checkOpenApi(document.toString());
  }

  @Test
  void invalidDocumentIsReportedByBothLinters() {
    String list = "/paths/~1access-tokens~1service/get/";
    JsonPatch patch =
        Json.createPatchBuilder()
            .remove("/info/contact")
            .remove(list + "description")
            .replace(list + "operationId", "createServiceToken")
            .build();
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> NodeClients.checkOpenApi(patch.apply(document).toString()));
    String message = String.valueOf(error.getMessage());
    for (String rule :
        List.of("info-contact", "operation-description", "operation-operationId-unique")) {
      assertTrue(message.contains(rule), message);
    }
  }

  @Test
  void typescriptClientManagesTokens() throws Exception {
    managesTokens("typescript-client", clients.runTypeScript("manage.ts", "carol"));
  }

  @Test
  void onlyTheDocumentItselfIsUntyped() throws Exception {
    List<String> untyped = clients.untyped();
    assertEquals(1, untyped.size(), untyped::toString);
    assertTrue(untyped.get(0).contains("getOpenApiDocument("), untyped::toString);
  }

  @Test
  void javaClientManagesTokens() throws Exception {
    managesTokens("java-client", clients.runJava("Manage.java", "carol"));
  }

  @Test
  void pythonClientManagesTokens() throws Exception {
    managesTokens("python-client", clients.runPython("manage.py", "carol"));
  }

  private void managesTokens(String name, String output) throws IOException {
    Matcher documented = OUTPUT.matcher(Files.readString(PAGE));
    assertTrue(documented.find(), "the page has no output");
    assertEquals(documented.group(1).replace("typescript-client", name), output);
    JsonObject page =
        application.api().as("carol").get("/api/access-tokens/service?q=" + name).ok();
    assertEquals("revoked", page.getJsonArray("tokens").getJsonObject(0).getString("status"));
  }
}
