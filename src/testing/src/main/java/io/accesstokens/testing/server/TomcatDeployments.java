package io.accesstokens.testing.server;

import io.accesstokens.testing.program.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Deploys and observes applications in a running Tomcat, with Tomcat's manager application and the
 * JDK's tools.
 */
public final class TomcatDeployments {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration ENDED = Duration.ofSeconds(60);
  private static final Duration GARBAGE = Duration.ofSeconds(2);
  private static final String LOADER = "org.apache.catalina.loader.ParallelWebappClassLoader";

  private final RunningApplication tomcat;

  /**
   * Creates a client of the manager application.
   *
   * @param tomcat a running server of a {@link TomcatServer} deployment
   */
  public TomcatDeployments(RunningApplication tomcat) {
    this.tomcat = tomcat;
  }

  /**
   * Replaces the deployed application by the shipped WAR, and returns when the application has
   * started.
   */
  public void redeploy() throws IOException, InterruptedException {
    expectOk(deploy("&update=true"));
  }

  /**
   * Requests the deployment of the shipped WAR. Does not replace an application. Returns the
   * response of the manager application.
   */
  public String deploy() throws IOException, InterruptedException {
    return deploy("");
  }

  /**
   * Deploys the given WAR, and returns when its application has started.
   *
   * @param war the content of the WAR file
   */
  public void deploy(byte[] war) throws IOException, InterruptedException {
    expectOk(
        send(
            request("text/deploy?path=" + TomcatServer.CONTEXT_PATH)
                .PUT(BodyPublishers.ofByteArray(war))));
  }

  private String deploy(String more) throws IOException, InterruptedException {
    return send(
        request("text/deploy?path=" + TomcatServer.CONTEXT_PATH + more)
            .PUT(BodyPublishers.ofFile(WarProcess.war())));
  }

  /** Undeploys the application, and returns when the application has ended. */
  public void undeploy() throws IOException, InterruptedException {
    expectOk(send(request("text/undeploy?path=" + TomcatServer.CONTEXT_PATH)));
  }

  /**
   * Returns the context paths of stopped applications that are still in memory after one minute. If
   * there are any, the last element names a heap dump.
   *
   * <p>This method repeats the garbage collection while stopped applications are in memory. An
   * object with a finalizer or a reference queue is removed only in a later pass. Threads also need
   * some time to end.
   */
  public List<String> leaks() throws IOException, InterruptedException {
    long end = System.nanoTime() + ENDED.toNanos();
    List<String> found = findLeaks();
    while (!found.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(GARBAGE.toMillis());
      found = findLeaks();
    }
    return found.isEmpty() ? found : withHeapDump(found);
  }

  /**
   * Creates a heap dump, and returns the found leaks with the path of the dump. The dump shows
   * which references keep the applications in memory.
   */
  private List<String> withHeapDump(List<String> found) throws IOException, InterruptedException {
    Path dump = Files.createTempDirectory("access-tokens-leak-").resolve("heap.hprof");
    String answer =
        send(
            request(
                "jmxproxy/?invoke="
                    + encode("com.sun.management:type=HotSpotDiagnostic")
                    + "&op=dumpHeap&ps="
                    + encode(dump + ",true")));
    List<String> all = new ArrayList<>(found);
    all.add("heap dump: " + dump + ' ' + answer.strip());
    return all;
  }

  private List<String> findLeaks() throws IOException, InterruptedException {
    String answer = send(request("text/findleaks?statusLine=true"));
    return answer.startsWith("OK - No memory leaks found")
        ? List.of()
        : answer.lines().skip(1).toList();
  }

  /** Returns the value of an attribute of an MBean. */
  public String attribute(String bean, String attribute) throws IOException, InterruptedException {
    String answer = send(request("jmxproxy/?get=" + encode(bean) + "&att=" + encode(attribute)));
    expectOk(answer);
    return answer.substring(answer.indexOf('=', answer.indexOf("' - ")) + 1).strip();
  }

  /** Returns the used metaspace of the Tomcat process, in bytes. */
  public long metaspace() throws IOException, InterruptedException {
    String answer =
        send(
            request(
                "jmxproxy/?get="
                    + encode("java.lang:type=MemoryPool,name=Metaspace")
                    + "&att=Usage&key=used"));
    expectOk(answer);
    return Long.parseLong(answer.substring(answer.lastIndexOf('=') + 1).strip());
  }

  /** Returns one line for each MBean. Each line starts with {@code Name:}. */
  public List<String> beans() throws IOException, InterruptedException {
    String answer = send(request("jmxproxy/?qry=" + encode("*:*")));
    return answer.lines().filter(line -> line.startsWith("Name: ")).toList();
  }

  /**
   * Returns the number of class loaders of web applications after a full garbage collection.
   *
   * <p>Waits up to one minute for the expected number, because threads need some time to end.
   */
  public int classLoaders(int expected) throws IOException, InterruptedException {
    long end = System.nanoTime() + ENDED.toNanos();
    int loaders = loaders();
    while (loaders != expected && System.nanoTime() < end) {
      Thread.sleep(200);
      loaders = loaders();
    }
    return loaders;
  }

  private int loaders() throws IOException, InterruptedException {
    return JavaProcess.instances(tomcat.processId()).getOrDefault(LOADER, 0);
  }

  /** Returns the names of all threads of the Tomcat process. */
  public List<String> threads() throws IOException, InterruptedException {
    return JavaProcess.threads(tomcat.processId());
  }

  private HttpRequest.Builder request(String path) {
    String credential = TomcatServer.MANAGER + ':' + TomcatServer.MANAGER;
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + tomcat.port() + "/manager/" + path))
        .timeout(TIMEOUT)
        .header(
            "Authorization",
            "Basic "
                + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8)));
  }

  private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
  }

  private static void expectOk(String answer) {
    if (!answer.startsWith("OK")) {
      throw new AssertionError(answer);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
