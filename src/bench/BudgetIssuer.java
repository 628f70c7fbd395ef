import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Publishes the metadata and keys of an OpenID provider that also issues JWTs. Supports nothing
 * else. Writes its address to a file.
 */
public final class BudgetIssuer {

  private BudgetIssuer() {}

  /** Takes {@code FILE}. */
  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    String issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    Map<String, String> documents =
        Map.of(
            "/.well-known/openid-configuration",
            ("{'issuer':'I','authorization_endpoint':'I/authorize','token_endpoint':'I/token',"
                    + "'jwks_uri':'I/keys','response_types_supported':['code'],"
                    + "'subject_types_supported':['public'],"
                    + "'id_token_signing_alg_values_supported':['RS256']}")
                .replace('\'', '"')
                .replace("I/", issuer + '/')
                .replace("\"I\"", '"' + issuer + '"'),
            "/keys",
            "{\"keys\":[" + ec() + ',' + rsa() + "]}");
    documents.forEach(
        (path, document) ->
            server.createContext(
                path,
                exchange -> {
                  byte[] body = document.getBytes(StandardCharsets.UTF_8);
                  exchange.getResponseHeaders().set("Content-Type", "application/json");
                  exchange.sendResponseHeaders(200, body.length);
                  exchange.getResponseBody().write(body);
                  exchange.close();
                }));
    server.start();
    Path file = Path.of(arguments[0]);
    Path written = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(written, issuer);
    Files.move(written, file);
  }

  private static String ec() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"es\",\"use\":\"sig\",\"x\":\""
        + text(key.getW().getAffineX(), 32)
        + "\",\"y\":\""
        + text(key.getW().getAffineY(), 32)
        + "\"}";
  }

  private static String rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    RSAPublicKey key = (RSAPublicKey) generator.generateKeyPair().getPublic();
    return "{\"kty\":\"RSA\",\"kid\":\"rs\",\"use\":\"sig\",\"n\":\""
        + text(key.getModulus(), 256)
        + "\",\"e\":\""
        + text(key.getPublicExponent(), 3)
        + "\"}";
  }

  private static String text(BigInteger number, int length) throws IOException {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[length];
    int count = Math.min(length, bytes.length);
    System.arraycopy(bytes, bytes.length - count, padded, length - count, count);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(padded, padded.length));
  }
}
