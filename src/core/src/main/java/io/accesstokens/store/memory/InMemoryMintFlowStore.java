package io.accesstokens.store.memory;

import io.accesstokens.mint.MintFlow;
import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** An in-memory store of the flows that create personal tokens. Thread-safe. */
public final class InMemoryMintFlowStore implements MintFlowStore {

  /** The flows by id. Guarded by the lock of this object. */
  private final Map<UUID, MintFlow> flows = new HashMap<>();

  public InMemoryMintFlowStore() {}

  @Override
  public synchronized void create(MintFlow flow) {
    List<MintFlow> surplus =
        flows.values().stream()
            .filter(other -> other.user().equals(flow.user()))
            .sorted(
                Comparator.comparing(MintFlow::createdAt)
                    .thenComparing(other -> other.id().toString())
                    .reversed())
            .skip(MAX_PER_USER - 1L)
            .toList();
    surplus.forEach(other -> flows.remove(other.id()));
    flows.put(flow.id(), flow);
  }

  @Override
  public synchronized Optional<MintFlow> find(UUID id) {
    return Optional.ofNullable(flows.get(id));
  }

  @Override
  public Optional<MintFlow> findByState(TokenDigest state) {
    return first(flow -> flow.state().equals(state));
  }

  @Override
  public Optional<MintFlow> findByCode(TokenDigest code) {
    return first(flow -> Objects.equals(flow.code(), code));
  }

  private synchronized Optional<MintFlow> first(Predicate<MintFlow> condition) {
    return flows.values().stream().filter(condition).findFirst();
  }

  @Override
  public synchronized boolean replace(MintFlow current, MintFlow next) {
    return isStill(current) && flows.replace(current.id(), next) != null;
  }

  @Override
  public synchronized boolean delete(MintFlow current) {
    return isStill(current) && flows.remove(current.id()) != null;
  }

  private boolean isStill(MintFlow current) {
    MintFlow there = flows.get(current.id());
    return there != null && there.stage() == current.stage();
  }

  @Override
  public synchronized void deleteEnded(Instant now) {
    flows.values().removeIf(flow -> !flow.expiresAt().isAfter(now));
  }
}
