package io.accesstokens.directory;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.token.DirectoryUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What somebody else knows, as it was a short while ago.
 *
 * <ol>
 *   <li>The age of an answer counts from before it was asked for.
 *   <li>While it is fresh, it is used as it is. Once it is not, it is still used, and asked for
 *       anew by one question, which nobody waits for.
 *   <li>Once it is stale, or if there is none, those who want it wait for one question together,
 *       each no longer than they can.
 *   <li>A question that fails changes nothing: the earlier answer goes on ageing.
 * </ol>
 *
 * @param <K> what is asked for
 * @param <V> the answer; immutable
 */
final class RefreshingCache<K, V> {

  /** Whoever knows. */
  @FunctionalInterface
  interface Source<K, V> {
    /**
     * Asks, and does not block.
     *
     * @param earlier the last answer, however old, or null
     * @return fails with a {@link CatalogException} if there is no answer; it does so in bounded
     *     time
     */
    CompletableFuture<V> ask(K key, @Nullable V earlier);
  }

  /**
   * How old an answer may be.
   *
   * @param fresh until then it is used as it is
   * @param stale from then on it is not used; not less than {@code fresh}
   */
  record Ages(Duration fresh, Duration stale) {}

  /** An answer, and when it was asked for. */
  private record Answer<V>(V value, long askedNanos) {
    boolean isWithin(Duration age, long now) {
      return now - askedNanos <= age.toNanos();
    }
  }

  private final Source<K, V> source;
  private final Ages ages;
  private final LongSupplier nanoTime;
  private final LoadingCache<K, Topic> topics;

  /**
   * @param maximum how many answers are kept at most
   * @param nanoTime as {@link System#nanoTime}
   */
  RefreshingCache(Source<K, V> source, Ages ages, int maximum, LongSupplier nanoTime) {
    this.source = source;
    this.ages = ages;
    this.nanoTime = nanoTime;
    this.topics = Caffeine.newBuilder().maximumSize(maximum).build(Topic::new);
  }

  /**
   * The answer, not stale.
   *
   * @param patience how long this may take
   * @throws DirectoryUnavailableException if there is none in that time
   */
  V get(K key, Duration patience) {
    return get(key, ages.stale(), patience);
  }

  /**
   * The answer, of no more than that age, or to a question that is under way already.
   *
   * @throws DirectoryUnavailableException if there is none in that time
   */
  V get(K key, Duration age, Duration patience) {
    Topic topic = topics.get(key);
    Optional<V> known = topic.answerOf(age);
    return known.isPresent() ? known.get() : await(topic.ask(age), patience);
  }

  /** The answer, if there is one now that is not stale. It is asked for if it is not fresh. */
  Optional<V> peek(K key) {
    Topic topic = topics.get(key);
    Optional<V> known = topic.answerOf(ages.stale());
    if (known.isEmpty()) {
      var unused = topic.ask(ages.stale());
    }
    return known;
  }

  /** One thing that is asked for. */
  private final class Topic {

    private final K key;
    private volatile @Nullable Answer<V> last;
    private @Nullable CompletableFuture<V> underWay;

    Topic(K key) {
      this.key = key;
    }

    Optional<V> answerOf(Duration age) {
      Answer<V> known = last;
      long now = nanoTime.getAsLong();
      if (known == null || !known.isWithin(age, now)) {
        return Optional.empty();
      }
      if (!known.isWithin(ages.fresh(), now)) {
        var unused = ask(ages.fresh());
      }
      return Optional.of(known.value());
    }

    /**
     * Joins the question that is under way, or begins one, unless one has just come to its end that
     * gave an answer of no more than that age.
     */
    synchronized CompletableFuture<V> ask(Duration age) {
      if (underWay != null) {
        return underWay;
      }
      long now = nanoTime.getAsLong();
      Answer<V> earlier = last;
      if (earlier != null && earlier.isWithin(age, now)) {
        return CompletableFuture.completedFuture(earlier.value());
      }
      CompletableFuture<V> question =
          source
              .ask(key, earlier == null ? null : earlier.value())
              .whenComplete((value, thrown) -> answered(value, now));
      underWay = question.isDone() ? null : question;
      return question;
    }

    private synchronized void answered(@Nullable V value, long askedNanos) {
      if (value != null) {
        last = new Answer<>(value, askedNanos);
      }
      underWay = null;
    }
  }

  private static <V> V await(CompletableFuture<V> answer, Duration patience) {
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new DirectoryUnavailableException(reason(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new DirectoryUnavailableException("the catalog does not answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DirectoryUnavailableException("the server is stopping", e);
    }
  }

  private static String reason(@Nullable Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown;
    return "the catalog "
        + (cause instanceof CatalogException ? cause.getMessage() : "cannot be asked: " + cause);
  }
}
