package io.accesstokens.token.usage;

import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.ClientInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the accepted or the refused uses of one secret, by client. Thread-safe and non-blocking.
 * Only the first {@value TokenCaller#MAX} clients of an interval are counted. A list of these
 * clients is faster than a map, and needs less memory.
 */
final class CallerCounter {

  private static final Client[] NONE = {};

  /**
   * The counters of the clients, in the order of the first use. A new client needs a new array,
   * because an array is never changed.
   */
  private volatile Client[] clients = NONE;

  private static final AtomicReferenceFieldUpdater<CallerCounter, Client[]> CLIENTS =
      AtomicReferenceFieldUpdater.newUpdater(CallerCounter.class, Client[].class, "clients");

  /** The counter of the uses by one client. */
  private static final class Client {

    private final @Nullable String address;
    private final @Nullable String product;
    private final LongAdder uses = new LongAdder();
    private final AtomicLong lastMillis = new AtomicLong(Long.MIN_VALUE);

    Client(@Nullable String address, @Nullable String product) {
      this.address = address;
      this.product = product;
    }

    boolean is(@Nullable String otherAddress, @Nullable String otherProduct) {
      return Objects.equals(address, otherAddress) && Objects.equals(product, otherProduct);
    }

    void count(long millis) {
      uses.increment();
      long last = lastMillis.get();
      while (last < millis && !lastMillis.compareAndSet(last, millis)) {
        last = lastMillis.get();
      }
    }

    TokenCaller caller(int secretNumber, boolean accepted) {
      return new TokenCaller(
          new TokenCaller.Key(secretNumber, accepted, address, product),
          uses.sum(),
          Instant.ofEpochMilli(lastMillis.get()));
    }
  }

  /**
   * Counts a use, unless there are too many clients.
   *
   * @param slots limits the number of clients of all secrets
   */
  void count(ClientInfo client, long millis, EntrySlots slots) {
    Client[] known = clients;
    Client counted = find(known, client.address(), client.product());
    if (counted == null) {
      String address = storedAddress(client.address());
      if (known.length < TokenCaller.MAX || !Objects.equals(address, client.address())) {
        counted = add(address, client.product(), slots);
      }
    }
    if (counted != null) {
      counted.count(millis);
    }
  }

  private static @Nullable Client find(
      Client[] clients, @Nullable String address, @Nullable String product) {
    for (Client client : clients) {
      if (client.is(address, product)) {
        return client;
      }
    }
    return null;
  }

  /**
   * Returns the counter of a client, and adds the counter if the client is new. Returns null if
   * there are too many clients.
   */
  private @Nullable Client add(
      @Nullable String address, @Nullable String product, EntrySlots slots) {
    boolean slotTaken = false;
    while (true) {
      Client[] before = clients;
      Client found = find(before, address, product);
      if (found != null) {
        return found; // rare: an unused slot stays taken until the interval ends
      }
      if (before.length == TokenCaller.MAX || !(slotTaken || slots.take())) {
        return null;
      }
      slotTaken = true;
      Client added = new Client(address, product);
      Client[] after = Arrays.copyOf(before, before.length + 1);
      after[before.length] = added;
      if (CLIENTS.compareAndSet(this, before, after)) {
        return added;
      }
    }
  }

  /**
   * Returns an address in a form that all databases can store and compare: visible ASCII
   * characters, cut off after {@link UsageCount#MAX_ADDRESS_LENGTH} characters. Returns null if the
   * address is unknown or has other characters. A host application can provide such an address.
   */
  static @Nullable String storedAddress(@Nullable String address) {
    if (address == null || address.isEmpty()) {
      return null;
    }
    int length = Math.min(address.length(), UsageCount.MAX_ADDRESS_LENGTH);
    for (int i = 0; i < length; i++) {
      char c = address.charAt(i);
      if (c <= ' ' || c > '~') {
        return null;
      }
    }
    return address.substring(0, length);
  }

  /**
   * Returns the counted clients, each with the number of its uses. The numbers are exact only after
   * all threads have stopped counting.
   *
   * @param accepted the outcome of the counted uses
   */
  List<TokenCaller> callers(int secretNumber, boolean accepted) {
    return Arrays.stream(clients)
        .map(client -> client.caller(secretNumber, accepted))
        .filter(caller -> caller.uses() > 0)
        .toList();
  }
}
