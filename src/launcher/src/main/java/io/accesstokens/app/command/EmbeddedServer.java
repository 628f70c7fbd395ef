package io.accesstokens.app.command;

import io.accesstokens.app.ListeningHost;
import io.accesstokens.app.Startup;
import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.connector.BoundedHttpProtocol;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.command.logging.RequestValve;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.app.tls.CertificateFiles;
import io.accesstokens.app.tls.ServerCertificate;
import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.management.NotificationEmitter;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.loader.WebappLoader;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.StandardRoot;
import org.apache.tomcat.util.modeler.Registry;
import org.jspecify.annotations.Nullable;

/**
 * A Tomcat server with one web application, at the root path. If a management port is configured,
 * the server has a second connector for this port.
 */
final class EmbeddedServer {

  private static final Logger LOG = System.getLogger(EmbeddedServer.class.getName());

  private static final Duration DRAIN = Duration.ofSeconds(20);

  /**
   * During a stop, the server waits until no request was in flight for this time. A client can send
   * further requests on an open connection until a response closes the connection.
   */
  private static final Duration QUIET = Duration.ofMillis(100);

  /**
   * Maximum time for which a stop waits for the end of an unfinished start. For example, a
   * migration can delay the start.
   */
  private static final Duration START_WAIT = Duration.ofSeconds(5);

  private static final Duration STOP_STEP = Duration.ofMillis(20);

  /**
   * Number of threads that are reserved for health checks and for reading request heads. See
   * RequestBulkheadFilter.
   */
  private static final int RESERVED_THREADS = 25;

  /** Number of threads of the management port. */
  private static final int MANAGEMENT_THREADS = 10;

  private static final String SEND_BUFFER_BYTES = "196608";

  /**
   * The characters that browsers do not encode in a query, although RFC 3986 does not allow them
   * (URL Standard, "query percent-encode set").
   */
  private static final String UNENCODED_IN_QUERIES = "[]{}|\\^`";

  static {
    // Otherwise, Tomcat would parse the descriptors of all its MBeans, which no code reads.
    Registry.disableRegistry();
    // The validator would parse the XML schemas of CDI, only to validate this program's own
    // beans.xml.
    System.setProperty("org.jboss.weld.xml.disableValidating", "true");
  }

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector;
  private final Optional<Connector> management;
  private final Context context;
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final CountDownLatch startEnded = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final @Nullable CertificateFiles certificate;
  private final String host;
  private final Duration stopDelay;
  private volatile boolean stopping;

  /**
   * Creates the server, but does not start it.
   *
   * @param webapp the directory of the unpacked WAR, which is only read
   * @param work a directory for the files of the server
   * @throws StartupException if the configured certificate cannot be used
   */
  EmbeddedServer(Configuration configuration, Path webapp, Path work) {
    Settings settings = configuration.settings();
    host = settings.host();
    stopDelay = Duration.ofSeconds(settings.shutdown().delaySeconds());
    certificate = certificate(settings.tls());
    tomcat.setBaseDir(work.toString());
    tomcat.setAddDefaultWebXmlToWebapp(false);
    tomcat.enableNaming();
    connector = connector(settings);
    if (certificate != null) {
      connector.addSslHostConfig(certificate.current().hostConfig());
      connector.setProperty("SSLEnabled", "true");
      connector.setSecure(true);
      connector.setScheme("https");
    }
    tomcat.setConnector(connector);
    management = management(settings);
    StandardHost virtualHost = (StandardHost) tomcat.getHost();
    virtualHost.setAutoDeploy(false);
    virtualHost.setErrorReportValveClass("");
    virtualHost.getPipeline().addValve(new ProblemErrorReportValve());
    tomcat.getEngine().getPipeline().addValve(new RequestValve(settings.log().access()));
    management.ifPresent(
        port -> {
          tomcat.getService().addConnector(port);
          virtualHost.getPipeline().addValve(new ManagementValve(port));
        });
    context = tomcat.addWebapp("", webapp.toString());
    ClassLoader parent = Tomcat.class.getClassLoader();
    context.setParentClassLoader(parent);
    WebappLoader loader = new WebappLoader();
    loader.setLoaderInstance(new ApplicationClassLoader(parent));
    context.setLoader(loader);
    context.setResources(
        new StandardRoot(context) {
          @Override
          protected void processWebInfLib() {
            // The parent class loader has these libraries.
          }
        });
    ((StandardContext) context).setFailCtxIfServletStartFails(true);
    // The process ends with the application, so nothing can leak into another application.
    ((StandardContext) context).setClearReferencesRmiTargets(false);
    ((StandardContext) context).setClearReferencesObjectStreamClassCaches(false);
    ((StandardContext) context).setClearReferencesThreadLocals(false);
    context.addServletContainerInitializer(
        (classes, servletContext) -> {
          servletContext.setAttribute(Startup.CONFIGURATION, configuration);
          servletContext.setAttribute(Startup.REFUSAL_LISTENER, (Consumer<String>) refusals::add);
          servletContext.setAttribute(Startup.LOG_HAS_TRACE_IDS, ProgramLog.isConfigured());
          servletContext.setAttribute(Startup.STOPPING, (BooleanSupplier) () -> stopping);
          servletContext.setAttribute(Startup.LIFECYCLE_EVENTS, (NotificationEmitter) context);
          servletContext.setAttribute(Startup.THREAD_QUEUE, protocol());
          if (certificate != null) {
            servletContext.setAttribute(
                Startup.CERTIFICATE_EXPIRY, (Supplier<Instant>) certificate::notAfter);
            servletContext.setAttribute(
                Startup.CERTIFICATE_USABLE, (BooleanSupplier) certificate::isUsable);
          }
          if (isLoopback(host)) {
            // This supplier runs after the connector has bound its port.
            servletContext.setAttribute(Startup.LOOPBACK_URL, (Supplier<String>) this::url);
          }
        },
        null);
  }

  private static boolean isLoopback(String host) {
    try {
      return ListeningHost.isLoopback(host);
    } catch (UnknownHostException e) {
      return false; // Listening on this host will fail.
    }
  }

  /**
   * Returns the URL with the configured host and the port of the server, without a slash at its
   * end.
   */
  String url() {
    return connector.getScheme() + "://" + authority(host, port());
  }

  /** Returns a host and a port as in a URL, with an IPv6 address in brackets. */
  static String authority(String host, int port) {
    boolean bareIpv6 = host.contains(":") && !host.startsWith("[");
    return (bareIpv6 ? "[" + host + "]" : host) + ':' + port;
  }

  /** Returns the connector of the management port; empty if it is not configured. */
  private static Optional<Connector> management(Settings settings) {
    if (settings.management().port().isEmpty()) {
      return Optional.empty();
    }
    Connector connector = connector(settings.requests(), MANAGEMENT_THREADS, 0);
    connector.setPort(settings.management().port().getAsInt());
    connector.setProperty("address", settings.management().host());
    return Optional.of(connector);
  }

  private static Connector connector(Settings.Requests requests, int maxConcurrent, int reserved) {
    Connector connector =
        new Connector(
            new BoundedHttpProtocol(
                Duration.ofSeconds(requests.deadlineSeconds()),
                requests.incompletePerAddress(),
                maxConcurrent,
                reserved));
    connector.setThrowOnFailure(true);
    // Tomcat passes TRACE to the application, which rejects the method with a list of allowed
    // methods.
    connector.setAllowTrace(true);
    connector.setURIEncoding("UTF-8");
    return connector;
  }

  private static Connector connector(Settings settings) {
    Connector connector =
        connector(settings.requests(), settings.requests().maxConcurrent(), RESERVED_THREADS);
    // Most responses fit into the kernel's buffer, including the description of the API. Such
    // responses block no thread. With a fixed size, the ConnectionSweep notices whether a slow
    // client reads. Otherwise the kernel can increase the buffer to 4 MB.
    connector.setProperty("socket.txBufSize", SEND_BUFFER_BYTES);
    connector.setPort(settings.port());
    connector.setProperty("address", settings.host());
    // Verifiers send many requests. By default, a client must reconnect after 100 requests.
    connector.setProperty("maxKeepAliveRequests", "-1");
    // The server reads at most this many bytes of a rejected body, so that the client can receive
    // the response.
    connector.setProperty("maxSwallowSize", "2097152");
    // The server sends 100 (Continue) only after the application has accepted the caller.
    connector.setProperty("continueResponseTiming", "onRead");
    // Browsers do not encode these characters. Envoy appends the query of the client to the query
    // of its own request (VerifyResource).
    connector.setProperty("relaxedQueryChars", UNENCODED_IN_QUERIES);
    return connector;
  }

  private static @Nullable CertificateFiles certificate(Settings.Tls tls) {
    if (tls.certificate().isEmpty()) {
      return null;
    }
    try {
      return new CertificateFiles(
          tls.certificate().get().toAbsolutePath(),
          tls.key().orElseThrow().toAbsolutePath(),
          InstantSource.system());
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static StartupException unusable(Throwable cause) {
    return new StartupException(
        "the certificate or key of accessTokens.tls cannot be used: " + cause.getMessage());
  }

  /**
   * Starts the server, and returns when the server can process requests.
   *
   * @throws StartupException if an operator can fix the cause, if the application does not start,
   *     or if the server was stopped before it was ready; the exception contains the lines for the
   *     operator
   * @throws LifecycleException for any other failure
   * @throws InterruptedException if this thread is interrupted while it stops the server
   */
  void start() throws LifecycleException, InterruptedException {
    try {
      tomcat.start();
    } catch (LifecycleException e) {
      if (stopping) {
        throw interrupted();
      }
      throw refusal(e);
    } finally {
      startEnded.countDown();
    }
    if (context.getState() != LifecycleState.STARTED) {
      if (stopping && refusals.isEmpty()) {
        throw interrupted();
      }
      throw new StartupException(
          refusals.isEmpty()
              ? List.of("the application did not start; the log contains the reason")
              : refusals);
    }
    CertificateFiles files = certificate;
    if (files != null) {
      var unused =
          protocol()
              .getUtilityExecutor()
              .scheduleWithFixedDelay(
                  DaemonThreads.repeatable(() -> renew(files)),
                  CertificateFiles.CHECK_SECONDS,
                  CertificateFiles.CHECK_SECONDS,
                  TimeUnit.SECONDS);
    }
    if (stopping) {
      stopNow(); // a stop in another thread waits only five seconds for the start
      throw interrupted();
    }
  }

  private static StartupException interrupted() {
    return new StartupException("the process was stopped before the server was ready");
  }

  /**
   * Reads changed certificate files. Logs all exceptions, because {@code DaemonThreads.repeatable}
   * ignores them.
   */
  private void renew(CertificateFiles files) {
    try {
      files.check(this::use);
    } catch (RuntimeException | Error e) {
      LOG.log(
          Level.ERROR,
          "the changed files of accessTokens.tls cannot be used, so the former certificate stays"
              + " in use",
          e);
    }
  }

  /** Uses a certificate for new connections. Open connections are not affected. */
  private void use(ServerCertificate changed) {
    protocol().addSslHostConfig(changed.hostConfig(), true);
  }

  private BoundedHttpProtocol protocol() {
    return (BoundedHttpProtocol) connector.getProtocolHandler();
  }

  /** Returns true if the application has reported why the start has failed. */
  boolean isStartRefused() {
    return !refusals.isEmpty();
  }

  private LifecycleException refusal(LifecycleException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        // A connector that is bound has a local port.
        Connector failed = connector.getLocalPort() > 0 ? management.orElse(connector) : connector;
        throw new StartupException(
            "cannot listen on "
                + (failed.getProperty("address") instanceof InetAddress address
                    ? address.getHostAddress()
                    : "all addresses")
                + " port "
                + failed.getPort()
                + ": "
                + cause.getMessage());
      }
      if (cause instanceof IllegalArgumentException && connector.getSecure()) {
        throw unusable(cause);
      }
    }
    return failure;
  }

  /** Returns the port on which the server listens. */
  int port() {
    return connector.getLocalPort();
  }

  /** Returns the management port on which the server listens; empty if it is not configured. */
  OptionalInt managementPort() {
    return management.stream().mapToInt(Connector::getLocalPort).findFirst();
  }

  /** Waits until the server has stopped. */
  void await() throws InterruptedException {
    stopped.await();
  }

  /**
   * Stops the server. A started server stops in these steps:
   *
   * <ol>
   *   <li>The readiness check fails, and each response closes its connection. Requests are still
   *       accepted for the configured delay, so that load balancers can notice that the server
   *       stops.
   *   <li>The server stops listening, and waits at most 20 seconds for the requests in flight. An
   *       open connection without a request does not delay the stop.
   *   <li>The application ends.
   * </ol>
   *
   * <p>If the server is still starting, this method first waits for the end of the start, at most
   * five seconds. If the start takes longer, the method returns. The starting thread then stops the
   * server after the start, unless the process ends first.
   */
  void stop() throws LifecycleException, InterruptedException {
    stop(stopDelay);
  }

  /** Stops the server as {@link #stop()} does, without the configured delay. */
  void stopNow() throws LifecycleException, InterruptedException {
    stop(Duration.ZERO);
  }

  private synchronized void stop(Duration delay) throws LifecycleException, InterruptedException {
    if (stopped.getCount() == 0) {
      return;
    }
    stopping = true;
    if (!startEnded.await(START_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      return; // Tomcat cannot stop before it has started
    }
    if (connector.getState().isAvailable()) {
      BoundedHttpProtocol protocol = protocol();
      protocol.setMaxKeepAliveRequests(1);
      pauseWhile(() -> true, delay);
      protocol.stopListening();
      long end = System.nanoTime() + DRAIN.toNanos();
      awaitQuiet(protocol, end);
      connector.pause();
      pauseWhile(() -> protocol.requestsInFlight() > 0, Duration.ofNanos(end - System.nanoTime()));
    }
    tomcat.stop();
    tomcat.destroy();
    ProgramLog.flush();
    stopped.countDown();
  }

  /**
   * Waits until no request was in flight and the number of open connections did not change for the
   * duration {@link #QUIET}. A check can miss a short request, but not the connection that its
   * response closes.
   *
   * @param end the end of the wait, as a value of {@link System#nanoTime()}
   */
  private static void awaitQuiet(BoundedHttpProtocol protocol, long end)
      throws InterruptedException {
    long busyAt = System.nanoTime();
    int before = protocol.openConnections();
    while (System.nanoTime() - busyAt < QUIET.toNanos() && System.nanoTime() - end < 0) {
      ProgramLog.enforceConfiguration();
      Thread.sleep(STOP_STEP.toMillis());
      int now = protocol.openConnections();
      if (now != before || protocol.requestsInFlight() > 0) {
        before = now;
        busyAt = System.nanoTime();
      }
    }
  }

  private static void pauseWhile(BooleanSupplier condition, Duration longest)
      throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (System.nanoTime() - end < 0 && condition.getAsBoolean()) {
      ProgramLog.enforceConfiguration();
      Thread.sleep(STOP_STEP.toMillis());
    }
  }
}
