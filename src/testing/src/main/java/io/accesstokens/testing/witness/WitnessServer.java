package io.accesstokens.testing.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A witness over HTTP (<a href="https://c2sp.org/tlog-witness">c2sp.org/tlog-witness</a>), with one
 * Ed25519 key (<a href="https://c2sp.org/tlog-cosignature">c2sp.org/tlog-cosignature</a>).
 */
public final class WitnessServer implements AutoCloseable {

  /** Sends a response instead of the response that the specification requires. */
  @FunctionalInterface
  public interface Fault {
    /** Sends a response. The method may also send no response. */
    void answer(HttpExchange exchange) throws IOException;
  }

  /** The size and the root hash of the Merkle tree of a log. */
  private static final class Tree {

    private final long size;
    private final byte[] root;

    Tree(long size, byte[] root) {
      this.size = size;
      this.root = root.clone();
    }
  }

  private record Answer(int status, String type, String body) {
    static Answer of(int status) {
      return new Answer(status, "text/plain", "");
    }
  }

  /** The bytes before an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410, section 4). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int MAX_PROOF = 63;

  private final String name;
  private final KeyPair pair;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> logs = new HashMap<>();
  private final Map<String, Tree> latest = new HashMap<>();
  private final List<Integer> statuses = new CopyOnWriteArrayList<>();
  private volatile @Nullable Fault fault;

  /**
   * Starts a witness on a free loopback port. The witness accepts no log until {@link #trust} is
   * called.
   *
   * @param name the name of the witness key
   */
  public WitnessServer(String name) throws IOException {
    this.name = name;
    try {
      this.pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/add-checkpoint", this::handle);
    server.start();
  }

  /** Returns the submission prefix, to which clients append {@code /add-checkpoint}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns the verifier key of the cosignatures. */
  public String verifierKey() {
    byte[] typed = concat(new byte[] {4}, rawKey());
    return name
        + '+'
        + HexFormat.of().formatHex(keyId())
        + '+'
        + Base64.getEncoder().encodeToString(typed);
  }

  private byte[] rawKey() {
    byte[] encoded = pair.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, SPKI.length, encoded.length);
  }

  private byte[] keyId() {
    byte[] head = (name + "\n").getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(sha256(concat(head, new byte[] {4}, rawKey())), 4);
  }

  /** Makes the witness accept the checkpoints of the log with this verifier key. */
  public synchronized void trust(String logKey) {
    String[] parts = logKey.strip().split("\\+", 3);
    byte[] typed = Base64.getDecoder().decode(parts[2]);
    logs.put(parts[0], Arrays.copyOfRange(typed, 1, typed.length));
  }

  /** Makes the witness behave as if it had cosigned this tree of the log last. */
  public synchronized void setLatest(String origin, long size, byte[] root) {
    latest.put(origin, new Tree(size, root));
  }

  /**
   * Returns the size of the last tree that the witness has cosigned for a log; 0 if there is none.
   */
  public synchronized long cosigned(String origin) {
    Tree tree = latest.get(origin);
    return tree == null ? 0 : tree.size;
  }

  /** Returns the statuses of all responses so far, except the responses of a {@link Fault}. */
  public List<Integer> statuses() {
    return List.copyOf(statuses);
  }

  /**
   * Replaces all later responses by the responses of a fault. Null restores the responses that the
   * specification requires.
   */
  public void failBy(@Nullable Fault next) {
    fault = next;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Fault replaced = fault;
      if (replaced != null) {
        replaced.answer(exchange);
        return;
      }
      Answer answer =
          exchange.getRequestMethod().equals("POST")
              ? answer(new String(body, StandardCharsets.UTF_8))
              : Answer.of(405);
      statuses.add(answer.status());
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized Answer answer(String request) {
    int split = request.indexOf("\n\n");
    int end = request.lastIndexOf("\n\n");
    if (split < 0 || end <= split) {
      return Answer.of(400);
    }
    List<String> head = List.of(request.substring(0, split).split("\n", -1));
    String body = request.substring(split + 2, end + 1);
    List<String> lines = List.of(body.split("\n", -1));
    if (!head.get(0).matches("old (0|[1-9][0-9]*)") || head.size() > 1 + MAX_PROOF) {
      return Answer.of(400);
    }
    String origin = lines.get(0);
    byte[] key = logs.get(origin);
    if (key == null) {
      return Answer.of(404);
    }
    if (!isSigned(body, request.substring(end + 2), origin, key)) {
      return Answer.of(403);
    }
    long old = Long.parseLong(head.get(0).substring(4));
    long size = Long.parseLong(lines.get(1));
    byte[] root = Base64.getDecoder().decode(lines.get(2));
    if (old > size) {
      return Answer.of(400);
    }
    Tree known = latest.getOrDefault(origin, new Tree(0, sha256(new byte[0])));
    if (old != known.size) {
      return new Answer(409, "text/x.tlog.size", known.size + "\n");
    }
    Deque<byte[]> proof = new ArrayDeque<>();
    head.subList(1, head.size()).forEach(line -> proof.add(Base64.getDecoder().decode(line)));
    if (!isConsistent(known, size, root, proof)) {
      return Answer.of(422);
    }
    latest.put(origin, new Tree(size, root));
    return new Answer(200, "text/plain", cosignature(body) + "\n");
  }

  private static boolean isSigned(String text, String signatures, String origin, byte[] key) {
    byte[] head = (origin + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] id = Arrays.copyOf(sha256(concat(head, new byte[] {1}, key)), 4);
    for (String line : signatures.split("\n", -1)) {
      String[] parts = line.split(" ", -1);
      if (parts.length == 3 && parts[0].equals("\u2014") && parts[1].equals(origin)) {
        byte[] bytes = Base64.getDecoder().decode(parts[2]);
        if (Arrays.equals(Arrays.copyOf(bytes, 4), id)) {
          return verifies(key, text, Arrays.copyOfRange(bytes, 4, bytes.length));
        }
      }
    }
    return false;
  }

  private static boolean verifies(byte[] key, String text, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519")
              .generatePublic(new X509EncodedKeySpec(concat(SPKI, key))));
      verifier.update(text.getBytes(StandardCharsets.UTF_8));
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isConsistent(Tree old, long size, byte[] root, Deque<byte[]> proof) {
    if (old.size == 0) {
      return proof.isEmpty();
    }
    if (old.size == size) {
      return proof.isEmpty() && Arrays.equals(old.root, root);
    }
    List<byte[]> roots = roots(old.size, size, true, old.root, proof);
    return roots.size() == 2
        && proof.isEmpty()
        && Arrays.equals(roots.get(0), old.root)
        && Arrays.equals(roots.get(1), root);
  }

  /**
   * Computes the old and the new root of a subtree, in the recursion of SUBPROOF (RFC 6962, section
   * 2.1.2). Removes the used hashes from the end of the proof. Returns an empty list if the proof
   * is too short.
   */
  private static List<byte[]> roots(
      long m, long n, boolean complete, byte[] oldRoot, Deque<byte[]> proof) {
    if (m == n && complete) {
      return List.of(oldRoot, oldRoot);
    }
    byte[] last = proof.pollLast();
    if (last == null) {
      return List.of();
    }
    if (m == n) {
      return List.of(last, last);
    }
    long k = Long.highestOneBit(n - 1);
    boolean isLeft = m <= k;
    List<byte[]> inner =
        isLeft ? roots(m, k, complete, oldRoot, proof) : roots(m - k, n - k, false, oldRoot, proof);
    List<byte[]> outer = new ArrayList<>();
    for (byte[] hash : inner) {
      boolean isOld = outer.isEmpty();
      if (isLeft) {
        outer.add(isOld ? hash : node(hash, last));
      } else {
        outer.add(node(last, hash));
      }
    }
    return outer;
  }

  private static byte[] node(byte[] left, byte[] right) {
    return sha256(concat(new byte[] {1}, left, right));
  }

  private String cosignature(String body) {
    long time = Instant.now().getEpochSecond();
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(pair.getPrivate());
      signer.update(
          ("cosignature/v1\ntime " + time + "\n" + body).getBytes(StandardCharsets.UTF_8));
      byte[] timed = ByteBuffer.allocate(Long.BYTES).putLong(time).array();
      return "\u2014 "
          + name
          + ' '
          + Base64.getEncoder().encodeToString(concat(keyId(), timed, signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
