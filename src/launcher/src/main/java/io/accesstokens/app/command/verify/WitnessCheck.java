package io.accesstokens.app.command.verify;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Verifies that each witness has cosigned a checkpoint, and that the log extends this checkpoint.
 * The witnesses can have cosigned checkpoints of different sizes.
 */
final class WitnessCheck {

  private final List<VerifierKey> witnesses;
  private final List<byte[]> notes;
  private final List<String> lines = new ArrayList<>();

  /**
   * Reads the cosigned checkpoints. The latest checkpoint must be read afterwards, because the log
   * can grow.
   *
   * @param witnesses the verifier keys of the witnesses
   */
  WitnessCheck(List<VerifierKey> witnesses, LogFiles files) {
    this.witnesses = List.copyOf(witnesses);
    this.notes = witnesses.isEmpty() ? List.of() : files.cosignedCheckpoints(witnesses);
  }

  /**
   * Parses the verifier key of a witness.
   *
   * @throws LogFormatException if the text is not the verifier key of a witness
   */
  static VerifierKey key(String text) {
    VerifierKey key = VerifierKey.parse(text);
    if (key.type() != VerifierKey.Type.COSIGNATURE) {
      throw new LogFormatException("the key is not the key of a witness (type 4)");
    }
    return key;
  }

  /** Verifies the cosigned checkpoints, and reports each problem to the verifier. */
  void verify(LogVerifier verifier) {
    List<SignedNote> checkpoints = new ArrayList<>();
    for (byte[] note : notes) {
      try {
        SignedNote signed = SignedNote.parse(note);
        var unused = Checkpoint.parse(signed.text());
        checkpoints.add(signed);
      } catch (LogFormatException e) {
        verifier.report("a cosigned checkpoint is malformed: " + e.getMessage());
      }
    }
    checkpoints.sort(Comparator.comparingLong(WitnessCheck::size).reversed());
    witnesses.forEach(witness -> verify(witness, checkpoints, verifier));
  }

  /** Verifies the largest checkpoint that a witness has cosigned. */
  private void verify(VerifierKey witness, List<SignedNote> checkpoints, LogVerifier verifier) {
    String name = "the witness " + witness.name();
    for (SignedNote note : checkpoints) {
      try {
        Instant time = note.cosignedAt(witness).orElse(null);
        if (time != null) {
          if (verifier.verifyExtends(note.bytes(), "the checkpoint of " + name)) {
            lines.add(
                "cosigned by "
                    + witness.name()
                    + " at "
                    + time
                    + ": the first "
                    + size(note)
                    + " entries");
          }
          return;
        }
      } catch (LogFormatException e) {
        verifier.report("the cosignature of " + name + " is wrong: " + e.getMessage());
        return;
      }
    }
    verifier.report(name + " has not cosigned a checkpoint of the log");
  }

  private static long size(SignedNote note) {
    return Checkpoint.parse(note.text()).size();
  }

  /** Returns one line for each witness whose cosigned checkpoint was verified. */
  List<String> lines() {
    return List.copyOf(lines);
  }
}
