package io.accesstokens.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A text with signatures (<a href="https://c2sp.org/signed-note">c2sp.org/signed-note</a>).
 *
 * @param text the text, which ends with a line break
 * @param signatures the signatures, at least one
 */
public record SignedNote(String text, List<NoteSignature> signatures) {

  /** Maximum number of bytes of a note. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Maximum number of signatures of a note. */
  public static final int MAX_SIGNATURES = 100;

  private static final String DASH = "\u2014 ";

  /**
   * A signature.
   *
   * @param name the name of the key
   * @param keyId the id of the key, as eight hexadecimal digits
   * @param base64 the id of the key and the signature, in base64
   */
  public record NoteSignature(String name, String keyId, String base64) {

    private byte[] bytes() {
      byte[] all = Base64.getDecoder().decode(base64);
      return Arrays.copyOfRange(all, VerifierKey.ID_BYTES, all.length);
    }

    private boolean isOf(VerifierKey key) {
      return key.name().equals(name) && key.id().equals(keyId);
    }
  }

  public SignedNote {
    requireText(text);
    signatures = List.copyOf(signatures);
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw new LogFormatException("a note must have 1 to " + MAX_SIGNATURES + " signatures");
    }
  }

  private static void requireText(String text) {
    if (!text.endsWith("\n") || text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new LogFormatException(
          "the text of a note must end with a line break, and have no other control characters");
    }
  }

  /**
   * Parses a note.
   *
   * @throws LogFormatException if the bytes are not a note, or are too many
   */
  public static SignedNote parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new LogFormatException("a note must have at most " + MAX_BYTES + " bytes");
    }
    String note = StrictText.utf8(bytes, "a note");
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n")) {
      throw new LogFormatException("a note must have a text, an empty line and signatures");
    }
    List<NoteSignature> signatures = new ArrayList<>();
    for (String line : note.substring(end + 2).split("\n", MAX_SIGNATURES + 2)) {
      if (!line.isEmpty()) {
        signatures.add(signature(line));
      }
    }
    SignedNote parsed = new SignedNote(note.substring(0, end + 1), signatures);
    if (!parsed.toString().equals(note)) {
      throw new LogFormatException("the signatures of the note are not in their canonical form");
    }
    return parsed;
  }

  private static NoteSignature signature(String line) {
    String[] parts = line.startsWith(DASH) ? line.substring(2).split(" ", -1) : new String[0];
    if (parts.length != 2) {
      throw new LogFormatException("a line with a signature must have a name and base64");
    }
    byte[] bytes = StrictText.base64(parts[1], "a signature");
    if (bytes.length <= VerifierKey.ID_BYTES) {
      throw new LogFormatException("a signature must have more than four bytes");
    }
    return new NoteSignature(
        VerifierKey.requireName(parts[0]),
        HexFormat.of().formatHex(bytes, 0, VerifierKey.ID_BYTES),
        parts[1]);
  }

  /**
   * Signs a text with Ed25519.
   *
   * @param text the text, which ends with a line break
   * @param key the public key
   * @param privateKey the private key
   * @throws LogFormatException if the text is not the text of a note
   * @throws IllegalStateException if the private key is not a key for Ed25519
   */
  public static NoteSignature sign(String text, VerifierKey key, PrivateKey privateKey) {
    requireText(text);
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(privateKey);
      signer.update(text.getBytes(StandardCharsets.UTF_8));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(HexFormat.of().parseHex(key.id()));
      bytes.writeBytes(signer.sign());
      return new NoteSignature(
          key.name(), key.id(), Base64.getEncoder().encodeToString(bytes.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the private key does not sign with Ed25519", e);
    }
  }

  /**
   * Verifies the signatures of known keys. Signatures of other keys are ignored.
   *
   * @param keys the known keys
   * @return the known keys that have signed this note; empty if there is none
   * @throws LogFormatException if the signature of a known key is wrong
   */
  public List<VerifierKey> verify(Collection<VerifierKey> keys) {
    List<VerifierKey> signers = new ArrayList<>();
    for (VerifierKey key : keys) {
      for (NoteSignature signature : signatures) {
        if (signature.isOf(key)) {
          if (!key.verifies(text, signature.bytes())) {
            throw new LogFormatException("the signature of the key " + key + " is wrong");
          }
          if (!signers.contains(key)) {
            signers.add(key);
          }
        }
      }
    }
    return List.copyOf(signers);
  }

  /**
   * Returns the time at which a witness has cosigned this checkpoint, with a precision of one
   * second. If there are several cosignatures, returns the latest time.
   *
   * @param witness a key of the type {@link VerifierKey.Type#COSIGNATURE}
   * @return empty if the witness has not cosigned this checkpoint
   * @throws LogFormatException if a cosignature of the witness is wrong, or has no valid time
   */
  public Optional<Instant> cosignedAt(VerifierKey witness) {
    if (witness.type() != VerifierKey.Type.COSIGNATURE || verify(List.of(witness)).isEmpty()) {
      return Optional.empty();
    }
    return signatures.stream()
        .filter(signature -> signature.isOf(witness))
        .map(signature -> time(signature.bytes()))
        .max(Instant::compareTo);
  }

  private static Instant time(byte[] cosignature) {
    long seconds = ByteBuffer.wrap(cosignature).getLong();
    if (seconds <= 0 || seconds > Instant.MAX.getEpochSecond()) {
      throw new LogFormatException("the time of a cosignature is not valid");
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** Returns the bytes of the note, in the form that {@link #parse} accepts. */
  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the text of the note with its signatures. */
  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    for (NoteSignature signature : signatures) {
      note.append(DASH)
          .append(signature.name())
          .append(' ')
          .append(signature.base64())
          .append('\n');
    }
    return note.toString();
  }
}
