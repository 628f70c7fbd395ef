package io.accesstokens.transparency.delivery;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.SignedNote.NoteSignature;
import io.accesstokens.log.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cosignatures of the configured witnesses (<a
 * href="https://c2sp.org/tlog-cosignature">c2sp.org/tlog-cosignature</a>). Immutable.
 */
public final class Cosignatures {

  /** The cosignatures if no witness is configured. */
  public static final Cosignatures NONE = new Cosignatures(List.of());

  private static final String KIND = "witness";

  private final List<VerifierKey> witnesses;

  /**
   * Creates an object that accepts only the cosignatures of the given witnesses.
   *
   * @param witnesses the keys of the witnesses
   */
  public Cosignatures(List<VerifierKey> witnesses) {
    this.witnesses = List.copyOf(witnesses);
  }

  /** Returns true if no witness is configured. */
  public boolean isEmpty() {
    return witnesses.isEmpty();
  }

  /** Returns the id under which {@link TargetStore} keeps the state of a witness. */
  public static String target(VerifierKey witness) {
    return TargetState.id(KIND, witness.toString());
  }

  /**
   * Returns a checkpoint with the cosignatures that the witnesses have made for exactly this
   * checkpoint. Returns a damaged note unchanged.
   *
   * @param note a checkpoint as a signed note
   */
  public String cosign(String note, Map<String, TargetState> states) {
    SignedNote signed = parseOrNull(note);
    if (signed == null || witnesses.isEmpty()) {
      return note;
    }
    List<NoteSignature> signatures = new ArrayList<>(signed.signatures());
    for (VerifierKey witness : witnesses) {
      SignedNote cosigned = cosigned(witness, states);
      if (cosigned != null && cosigned.text().equals(signed.text())) {
        signatures.addAll(signatures(cosigned, witness));
      }
    }
    return new SignedNote(signed.text(), signatures).toString();
  }

  /**
   * Returns the checkpoint with the most cosignatures. Considers the latest cosigned checkpoint of
   * each witness. If several checkpoints have the most cosignatures, returns the largest of them.
   * Returns empty if no witness has cosigned a checkpoint.
   */
  public Optional<String> latest(Map<String, TargetState> states) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    Map<String, String> notes = new LinkedHashMap<>();
    for (VerifierKey witness : witnesses) {
      SignedNote cosigned = cosigned(witness, states);
      if (cosigned != null) {
        counts.merge(cosigned.text(), 1, Integer::sum);
        notes.putIfAbsent(cosigned.text(), withoutCosignatures(cosigned));
      }
    }
    return counts.keySet().stream()
        .max(
            Comparator.<String>comparingInt(text -> counts.getOrDefault(text, 0))
                .thenComparingLong(text -> Checkpoint.parse(text).size()))
        .map(notes::get)
        .map(note -> cosign(note, states));
  }

  /**
   * Returns the checkpoint that a witness has cosigned last; empty if there is none.
   *
   * @param witness the verifier key of the witness
   */
  public Optional<String> latest(String witness, Map<String, TargetState> states) {
    return witnesses.stream()
        .filter(key -> key.toString().equals(witness))
        .findFirst()
        .map(key -> cosigned(key, states))
        .map(note -> cosign(withoutCosignatures(note), states));
  }

  private String withoutCosignatures(SignedNote note) {
    return new SignedNote(
            note.text(),
            note.signatures().stream()
                .filter(one -> witnesses.stream().noneMatch(witness -> isOf(one, witness)))
                .toList())
        .toString();
  }

  /** Returns the signatures of a note that name this key. Does not verify these signatures. */
  public static List<NoteSignature> signatures(SignedNote note, VerifierKey key) {
    return note.signatures().stream().filter(one -> isOf(one, key)).toList();
  }

  private static boolean isOf(NoteSignature signature, VerifierKey key) {
    return signature.name().equals(key.name()) && signature.keyId().equals(key.id());
  }

  private static @Nullable SignedNote cosigned(
      VerifierKey witness, Map<String, TargetState> states) {
    TargetState state = states.get(target(witness));
    return state == null || state.note() == null ? null : parseOrNull(state.note());
  }

  /**
   * Parses a stored checkpoint. Returns null if the text is damaged; the checkpoint then has no
   * cosignature.
   */
  private static @Nullable SignedNote parseOrNull(String note) {
    try {
      SignedNote parsed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
      var unused = Checkpoint.parse(parsed.text());
      return parsed;
    } catch (LogFormatException e) {
      return null;
    }
  }

  /**
   * The state of a witness.
   *
   * @param name the name of the key of the witness
   * @param size the number of entries of the latest checkpoint that the witness has cosigned; 0 if
   *     there is none
   * @param cosignedAt the time of the latest cosignature; null if there is none
   * @param problem the reason for which the last call failed; null if no call failed since the last
   *     success
   * @param forked true if the witness has seen another history of the log
   */
  public record Witness(
      String name,
      long size,
      @Nullable Instant cosignedAt,
      @Nullable String problem,
      boolean forked) {}

  /** Returns the states of the witnesses, in the order of the settings. */
  public List<Witness> witnesses(Map<String, TargetState> states) {
    List<Witness> all = new ArrayList<>();
    for (VerifierKey witness : witnesses) {
      TargetState state =
          states.getOrDefault(target(witness), TargetState.initial(target(witness)));
      SignedNote cosigned = cosigned(witness, states);
      all.add(
          new Witness(
              witness.name(),
              state.size(),
              cosigned == null ? null : time(cosigned, witness),
              state.problem(),
              state.forked()));
    }
    return List.copyOf(all);
  }

  private static @Nullable Instant time(SignedNote note, VerifierKey witness) {
    try {
      return note.cosignedAt(witness).orElse(null);
    } catch (LogFormatException e) {
      return null;
    }
  }
}
