package io.accesstokens.testing.fuzz;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.OpenConnection;
import io.accesstokens.testing.fuzz.RequestMaker.FlawLevel;
import io.accesstokens.testing.server.RunningApplication;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Generates requests from the OpenAPI document of an application, sends the requests, and validates
 * the responses.
 */
public final class ApiFuzzer {

  /**
   * Number of additional requests in each round to an operation that has not succeeded. A round has
   * at least one request to each operation.
   */
  private static final int SOUGHT = 4;

  /** Number of requests to an operation after which the fuzzer sends no additional requests. */
  private static final int MAX_SOUGHT = 150;

  private final RunningApplication application;
  private final OpenApi api;
  private final ResponseCheck check;
  private final Tally tally = new Tally();

  /**
   * Creates a fuzzer for the API of an application.
   *
   * @param document the OpenAPI document of the application
   */
  public ApiFuzzer(RunningApplication application, JsonObject document) {
    this.application = application;
    this.api = new OpenApi(document);
    this.check = new ResponseCheck(api);
  }

  /**
   * Sends requests one after the other in the calling thread. Several threads may call this method
   * concurrently.
   *
   * <p>Until an operation has succeeded, the fuzzer sends additional requests to this operation,
   * and only valid requests. After a maximum number of requests, the operation is treated like all
   * others, because some operations cannot succeed.
   *
   * @param seed the seed of all random choices of this call
   * @param requests the number of requests
   * @param callers the callers of the requests. No concurrent call may use these callers
   */
  public void run(long seed, int requests, FuzzCallers callers) throws IOException {
    Choice choice = new Choice(seed);
    KnownValues known = new KnownValues(api, application.contextPath() + "/api");
    callers.describe(known);
    RequestMaker maker = new RequestMaker(api, application.contextPath() + "/api", known, choice);
    Map<Operation, Set<Caller>> admitted = new HashMap<>();
    Map<Operation, Integer> sent = new HashMap<>();
    List<Operation> round = new ArrayList<>();
    try (OpenConnection connection = new OpenConnection(application.port())) {
      FuzzedRequest before = null;
      for (int i = 0; i < requests; i++) {
        if (round.isEmpty()) {
          round.addAll(api.operations());
          api.operations().stream()
              .filter(operation -> isSought(operation, admitted, sent))
              .forEach(operation -> round.addAll(Collections.nCopies(SOUGHT, operation)));
        }
        Operation operation = round.remove(choice.below(round.size()));
        FlawLevel level = isSought(operation, admitted, sent) ? FlawLevel.NONE : flawLevel(choice);
        sent.merge(operation, 1, Integer::sum);
        Caller caller = caller(operation, level, callers, admitted, choice);
        FuzzedRequest request = maker.make(operation, caller, level);
        Optional<ApiResult> answer = send(connection, request, before);
        before = request;
        if (answer.isPresent() && answer.get().status() < 400 && request.isDeclared()) {
          Operation requested = request.operation();
          known.learn(requested, request.caller(), answer.get());
          admitted.computeIfAbsent(requested, key -> new HashSet<>()).add(request.caller());
          callers.learn(requested, answer.get(), known);
        }
      }
    }
  }

  /**
   * Returns true if the operation has not succeeded in this run, and has had fewer than {@link
   * #MAX_SOUGHT} requests. Some operations cannot succeed.
   */
  private static boolean isSought(
      Operation operation, Map<Operation, Set<Caller>> admitted, Map<Operation, Integer> sent) {
    return !admitted.containsKey(operation) && sent.getOrDefault(operation, 0) < MAX_SOUGHT;
  }

  private static FlawLevel flawLevel(Choice choice) {
    int percent = choice.below(100);
    return percent < 40 ? FlawLevel.NONE : percent < 80 ? FlawLevel.ONE : FlawLevel.MANY;
  }

  /** Returns a random caller. Prefers callers with earlier successful requests to the operation. */
  private static Caller caller(
      Operation operation,
      FlawLevel level,
      FuzzCallers callers,
      Map<Operation, Set<Caller>> admitted,
      Choice choice) {
    List<Caller> able =
        callers.all().stream()
            .filter(caller -> admitted.getOrDefault(operation, Set.of()).contains(caller))
            .toList();
    boolean usual = !able.isEmpty() && choice.chance(level == FlawLevel.MANY ? 40 : 65);
    return callers.safe(operation, usual ? choice.oneOf(able) : callers.any(choice), choice);
  }

  /**
   * Sends a request and validates its response.
   *
   * @param before the previous request on the same connection, or null if there is none
   */
  private Optional<ApiResult> send(
      OpenConnection connection, FuzzedRequest request, @Nullable FuzzedRequest before)
      throws IOException {
    String line = request.method() + ' ' + request.operation().path();
    Optional<ApiResult> answer = connection.exchange(line, request.bytes(connection.host()));
    if (answer.isEmpty()) {
      tally.found("no response: " + request.operation(), request.toString());
      return answer;
    }
    tally.answered(request, answer.get().status());
    for (String finding : check.findings(request, answer.get())) {
      String kind = line + " -> " + answer.get().status() + ": " + finding;
      tally.found(kind, request + "\n" + answer.get() + "\nsent after " + before);
    }
    return answer;
  }

  /** Returns all findings with examples, or an empty string if there are no findings. */
  public String findings() {
    return tally.findings();
  }

  /** Returns a table with the number of responses by operation and status. */
  public String statistics() {
    return tally.table();
  }

  /**
   * Returns the declared success statuses (2xx and 3xx) that no response had. Each element names
   * the operation and the status.
   */
  public Set<String> successesNeverSeen() {
    Set<String> missing = new TreeSet<>();
    for (Operation operation : api.operations()) {
      for (int status : operation.responses().keySet()) {
        if (status < 400 && !tally.saw(operation, status)) {
          missing.add(operation + " " + status);
        }
      }
    }
    return missing;
  }
}
