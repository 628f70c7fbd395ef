package io.accesstokens.store;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlow.Stage;
import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.session.WebOrigin;
import io.accesstokens.token.policy.PersonalCreationPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of every store of mint flows. */
public abstract class MintFlowStoreContract {

  private static final EntityRef DAVE = user("dave");
  private static final int AT_ONCE = 12;

  private MintFlowStore store;

  /** Returns a store without flows. */
  protected abstract MintFlowStore emptyFlows() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    store = emptyFlows();
  }

  private static EntityRef user(String name) {
    return EntityRef.parseUser(name).orElseThrow();
  }

  private static TokenDigest random() {
    UUID a = UUID.randomUUID();
    UUID b = UUID.randomUUID();
    return TokenDigest.of(
        ByteBuffer.allocate(TokenDigest.LENGTH)
            .putLong(a.getMostSignificantBits())
            .putLong(a.getLeastSignificantBits())
            .putLong(b.getMostSignificantBits())
            .putLong(b.getLeastSignificantBits())
            .array());
  }

  private static MintFlow flow(EntityRef user, Instant createdAt) {
    return flow(user, UUID.randomUUID(), createdAt);
  }

  private static MintFlow flow(EntityRef user, @Nullable UUID sessionId, Instant createdAt) {
    return new MintFlow(
        UUID.randomUUID(),
        user,
        sessionId,
        new PersonalCreationPolicy.ValidatedRequest(
            "A z_.-:/9", List.of("catalog:read", "a\"b"), NOON.plus(Duration.ofDays(30))),
        sessionId == null ? null : new WebOrigin("https", "a".repeat(253), 65_535),
        random(),
        "c".repeat(43),
        Stage.PENDING,
        null,
        createdAt,
        createdAt.plusSeconds(600));
  }

  private static MintFlow at(
      MintFlow flow, Stage stage, @Nullable TokenDigest code, Instant expiresAt) {
    return new MintFlow(
        flow.id(),
        flow.user(),
        flow.sessionId(),
        flow.request(),
        flow.origin(),
        flow.state(),
        flow.codeChallenge(),
        stage,
        code,
        flow.createdAt(),
        expiresAt);
  }

  private MintFlow put(EntityRef user, Instant createdAt) {
    MintFlow flow = flow(user, createdAt);
    store.create(flow);
    return flow;
  }

  private boolean exists(MintFlow flow) {
    return store.find(flow.id()).isPresent();
  }

  @Test
  void storedFlowIsFoundUnchanged() {
    MintFlow flow = put(DAVE, NOON);
    MintFlow other = put(user("x".repeat(255 - "user:default/".length())), NOON);
    assertEquals(Optional.of(flow), store.find(flow.id()));
    assertEquals(Optional.of(flow), store.findByState(flow.state()));
    assertEquals(Optional.of(other), store.find(other.id()));
    assertEquals(Optional.empty(), store.find(UUID.randomUUID()));
    assertEquals(Optional.empty(), store.findByState(random()));
    assertEquals(Optional.empty(), store.findByCode(random()));
    assertEquals(Optional.empty(), store.findByCode(flow.state()));
  }

  @Test
  void nextStageCanHaveAnotherSessionStateAndChallenge() {
    MintFlow flow = flow(DAVE, null, NOON);
    store.create(flow);
    assertEquals(Optional.of(flow), store.find(flow.id()));
    MintFlow bound =
        new MintFlow(
            flow.id(),
            flow.user(),
            UUID.randomUUID(),
            flow.request(),
            flow.origin(),
            random(),
            "c".repeat(43),
            Stage.ALLOWED,
            random(),
            flow.createdAt(),
            flow.expiresAt());
    assertTrue(store.replace(flow, bound), "pending flow is replaced");
    assertEquals(Optional.of(bound), store.findByState(bound.state()));
    assertEquals(Optional.empty(), store.findByState(flow.state()));
  }

  @Test
  void stagesAdvanceOnceAndOnlyForward() {
    MintFlow flow = put(DAVE, NOON);
    TokenDigest code = random();
    MintFlow allowed = at(flow, Stage.ALLOWED, code, NOON.plusSeconds(60));
    assertTrue(store.replace(flow, allowed), "pending flow is allowed");
    assertFalse(
        store.replace(flow, at(flow, Stage.DENIED, null, NOON)), "allowed flow is not denied");
    assertFalse(store.delete(flow), "flow is not removed by a former stage");
    assertEquals(Optional.of(allowed), store.find(flow.id()));
    assertEquals(Optional.of(allowed), store.findByCode(code));
    assertEquals(Optional.of(allowed), store.findByState(flow.state()));
    TokenDigest last = random();
    MintFlow redeemed = at(flow, Stage.REDEEMED, last, NOON.plusSeconds(90));
    assertTrue(store.replace(allowed, redeemed), "allowed flow is redeemed");
    assertFalse(store.replace(allowed, redeemed), "flow is redeemed once");
    assertEquals(Optional.empty(), store.findByCode(code));
    assertEquals(Optional.of(redeemed), store.findByCode(last));
    assertTrue(store.delete(redeemed), "redeemed flow is removed");
    assertFalse(store.delete(redeemed), "flow is removed once");
    assertFalse(store.replace(redeemed, redeemed), "removed flow is not replaced");
    assertFalse(exists(flow), "removed flow is not found");
    assertEquals(Optional.empty(), store.findByCode(last));
  }

  @Test
  void flowCanBeDeniedWithoutACode() {
    MintFlow flow = put(DAVE, NOON);
    MintFlow denied = at(flow, Stage.DENIED, null, NOON.plusSeconds(60));
    assertTrue(store.replace(flow, denied), "pending flow is denied");
    assertEquals(Optional.of(denied), store.findByState(flow.state()));
  }

  @Test
  void onlyOneConcurrentChangeSucceeds() throws Exception {
    MintFlow flow = put(DAVE, NOON);
    List<Object> replaced =
        ConcurrentCalls.run(
            AT_ONCE,
            i ->
                () -> store.replace(flow, at(flow, Stage.ALLOWED, random(), NOON.plusSeconds(60))));
    assertEquals(1, Collections.frequency(replaced, true), replaced::toString);
    assertEquals(AT_ONCE - 1, Collections.frequency(replaced, false), replaced::toString);
    MintFlow allowed = store.find(flow.id()).orElseThrow();
    MintFlow redeemed = at(flow, Stage.REDEEMED, random(), NOON.plusSeconds(60));
    List<Object> ended =
        ConcurrentCalls.run(
            AT_ONCE,
            i -> () -> i % 2 == 0 ? store.delete(allowed) : store.replace(allowed, redeemed));
    assertEquals(1, Collections.frequency(ended, true), ended::toString);
    assertEquals(AT_ONCE - 1, Collections.frequency(ended, false), ended::toString);
  }

  @Test
  void expiredFlowsAreDeleted() {
    MintFlow over = put(DAVE, NOON.minusSeconds(600));
    MintFlow live = put(DAVE, NOON.minusSeconds(599));
    store.deleteEnded(NOON);
    assertFalse(exists(over), "expired flow is deleted");
    assertTrue(exists(live), "live flow is kept");
  }

  @Test
  void oldestFlowsBeyondTheLimitAreDeleted() {
    int most = MintFlowStore.MAX_PER_USER;
    List<MintFlow> first =
        IntStream.range(0, most).mapToObj(i -> put(DAVE, NOON.plusSeconds(i))).toList();
    MintFlow flowOfCarol = put(user("carol"), NOON);
    assertEquals(most, first.stream().filter(this::exists).count());
    MintFlow another = put(DAVE, NOON.plusSeconds(most));
    assertFalse(exists(first.get(0)), "oldest flow is deleted");
    assertEquals(most - 1, first.stream().filter(this::exists).count());
    assertTrue(exists(another), "new flow is kept");
    assertTrue(exists(flowOfCarol), "flow of another user is kept");
  }

  @Test
  void concurrentCreationsStayWithinTheLimit() throws Exception {
    int most = MintFlowStore.MAX_PER_USER;
    List<MintFlow> flows =
        IntStream.range(0, 2 * most).mapToObj(i -> flow(DAVE, NOON.plusSeconds(i))).toList();
    List<Object> failures =
        ConcurrentCalls.run(
            4,
            i ->
                () -> {
                  for (int j = i; j < flows.size(); j += 4) {
                    store.create(flows.get(j));
                  }
                  return true;
                });
    assertEquals(List.of(true, true, true, true), failures);
    assertEquals(most, flows.stream().filter(this::exists).count());
  }
}
