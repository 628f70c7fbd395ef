package io.accesstokens.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uses the examples of the specifications and of golang.org/x/mod/sumdb/note. */
class CheckpointTest {

  private static final String SPEC_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  private static final String SPEC_NOTE =
      "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6Tf"
          + "Xppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

  private static final String GO_KEY =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  private static final String GO_TEXT =
      "If you think cryptography is the answer to your problem,\n"
          + "then you don't know what your problem is.\n";
  private static final String GO_NOTE =
      GO_TEXT
          + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKv"
          + "qfqdngotpRZb6KE6RyyBwJnAM=\n";

  /** The published private key of the example, after the header of PKCS #8 (RFC 8410). */
  private static final String GO_PRIVATE_KEY =
      "302e020100300506032b657004220420"
          + "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173";

  private static final String CHECKPOINT =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

  private static SignedNote note(String text) {
    return SignedNote.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair pair() throws Exception {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  @Test
  void examplesAreVerified() {
    VerifierKey spec = VerifierKey.parse(SPEC_KEY);
    VerifierKey go = VerifierKey.parse(GO_KEY);
    assertEquals(List.of(spec), note(SPEC_NOTE).verify(List.of(go, spec)));
    assertEquals(List.of(go), note(GO_NOTE).verify(List.of(go, spec)));
    assertEquals(List.of(), note(GO_NOTE).verify(List.of(spec)), "no known key");
    assertEquals("c74f20a3", go.id());
    assertEquals(GO_KEY, go.toString());
    assertEquals(GO_TEXT, note(GO_NOTE).text());
  }

  @Test
  void exampleIsSigned() throws Exception {
    PrivateKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(new PKCS8EncodedKeySpec(HexFormat.of().parseHex(GO_PRIVATE_KEY)));
    SignedNote signed =
        new SignedNote(GO_TEXT, List.of(SignedNote.sign(GO_TEXT, VerifierKey.parse(GO_KEY), key)));
    assertEquals(GO_NOTE, signed.toString());
  }

  @Test
  void changedNotesAreRejected() {
    VerifierKey key = VerifierKey.parse(GO_KEY);
    SignedNote changed = note(GO_NOTE.replace("answer", "question"));
    assertThrows(LogFormatException.class, () -> changed.verify(List.of(key)));
    SignedNote cutSignature = note(GO_TEXT + "\n\u2014 PeterNeumann x08gowA=\n");
    assertThrows(
        LogFormatException.class, () -> cutSignature.verify(List.of(key)), "cut signature");
    byte[] bytes = GO_NOTE.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThrows(LogFormatException.class, () -> SignedNote.parse(cut), "cut to " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n",
        "text\n\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name AAAAAA==\n",
        "text\n\n\u2014 name AAAAAAE\n",
        "text\n\n\u2014 name AAAAAAF=\n",
        "text\n\n\u2014 na+me AAAAAAE=\n",
        "text\n\n\u2014  AAAAAAE=\n",
        "text\n\n\u2014 a\u00a0b AAAAAAE=\n",
        "text\n\n- name AAAAAAE=\n",
        "text\n\n\u2014 name AAAAAAE= more\n",
        "text\n\n\u2014 name AAAAAAE=",
        "te\txt\n\n\u2014 name AAAAAAE=\n",
        "text\r\n\n\u2014 name AAAAAAE=\n",
        "text\n\n\n\u2014 name AAAAAAE=\nx\n"
      })
  void malformedNotesAreRejected(String text) {
    assertThrows(LogFormatException.class, () -> note(text), text);
  }

  @Test
  void hugeAndBinaryNotesAreRejected() {
    assertThrows(LogFormatException.class, () -> SignedNote.parse(new byte[1 << 20]), "too long");
    assertThrows(
        LogFormatException.class, () -> SignedNote.parse(new byte[] {(byte) 0xff}), "no UTF-8");
    String line = "\u2014 name AAAAAAE=\n";
    assertEquals(100, note("text\n\n" + line.repeat(100)).signatures().size());
    assertThrows(
        LogFormatException.class, () -> note("text\n\n" + line.repeat(101)), "101 signatures");
  }

  @Test
  void changedVerifierKeysAreRejected() {
    for (int from = 0; from <= GO_KEY.length(); from++) {
      for (int to = from; to <= GO_KEY.length(); to++) {
        String cut = GO_KEY.substring(from, to);
        if (!cut.equals(GO_KEY)) {
          assertThrows(LogFormatException.class, () -> VerifierKey.parse(cut), cut);
        }
      }
    }
    for (int i = 0; i < GO_KEY.length(); i++) {
      StringBuilder changed = new StringBuilder(GO_KEY);
      changed.setCharAt(i, (char) (GO_KEY.charAt(i) + 1));
      assertThrows(
          LogFormatException.class, () -> VerifierKey.parse(changed.toString()), "changed " + i);
    }
    // A key of the wrong length, and an unknown type, each with the right id.
    assertThrows(
        LogFormatException.class,
        () ->
            VerifierKey.parse(
                "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="));
    assertThrows(
        LogFormatException.class,
        () ->
            VerifierKey.parse(
                "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  }

  @Test
  void checkpointsAreParsedAndWritten() {
    Checkpoint checkpoint = Checkpoint.parse(CHECKPOINT);
    assertEquals("example.com/behind-the-sofa", checkpoint.origin());
    assertEquals(20_852_163, checkpoint.size());
    assertEquals(CHECKPOINT, checkpoint.text());
    assertEquals(List.of("one", "two"), Checkpoint.parse(CHECKPOINT + "one\ntwo\n").extensions());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a\n1\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "a\n1\nAAAA\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n"
      })
  void malformedCheckpointsAreRejected(String text) {
    assertThrows(LogFormatException.class, () -> Checkpoint.parse(text), text);
  }

  @Test
  void checkpointNeedsTheSignatureOfTheOrigin() throws Exception {
    KeyPair pair = pair();
    VerifierKey log =
        VerifierKey.of("example.com/behind-the-sofa", VerifierKey.Type.ED25519, pair.getPublic());
    VerifierKey other = VerifierKey.of("other", VerifierKey.Type.ED25519, pair.getPublic());
    SignedNote signed =
        new SignedNote(
            CHECKPOINT,
            List.of(
                SignedNote.sign(CHECKPOINT, log, pair.getPrivate()),
                SignedNote.sign(CHECKPOINT, other, pair.getPrivate())));
    assertEquals(CHECKPOINT, Checkpoint.verified(signed, List.of(log)).text());
    assertEquals(List.of(log, other), signed.verify(List.of(log, other)));
    assertThrows(
        LogFormatException.class, () -> Checkpoint.verified(signed, List.of(other)), "other name");
    assertThrows(LogFormatException.class, () -> Checkpoint.verified(signed, List.of()), "no key");
  }

  @Test
  void cosignaturesAreVerifiedWithTheirTime() throws Exception {
    KeyPair pair = pair();
    VerifierKey witness =
        VerifierKey.parse(
            VerifierKey.of("witness.example.com/w1", VerifierKey.Type.COSIGNATURE, pair.getPublic())
                .toString());
    long time = 1_679_315_147;
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(
        ("cosignature/v1\ntime " + time + "\n" + CHECKPOINT).getBytes(StandardCharsets.UTF_8));
    byte[] signature = signer.sign();
    assertEquals(List.of(witness), cosigned(witness, time, signature).verify(List.of(witness)));
    for (long wrong : new long[] {time + 1, -1}) {
      SignedNote note = cosigned(witness, wrong, signature);
      assertThrows(LogFormatException.class, () -> note.verify(List.of(witness)), "time " + wrong);
    }
    SignedNote shortened = cosigned(witness, time, new byte[0]);
    assertThrows(LogFormatException.class, () -> shortened.verify(List.of(witness)), "too short");
  }

  private static SignedNote cosigned(VerifierKey witness, long time, byte[] signature) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(HexFormat.of().parseHex(witness.id()));
    bytes.writeBytes(ByteBuffer.allocate(8).putLong(time).array());
    bytes.writeBytes(signature);
    return note(
        CHECKPOINT
            + "\n\u2014 "
            + witness.name()
            + ' '
            + Base64.getEncoder().encodeToString(bytes.toByteArray())
            + '\n');
  }

  @Test
  void proofIsSelfContained() throws Exception {
    KeyPair pair = pair();
    VerifierKey key = VerifierKey.of("log", VerifierKey.Type.ED25519, pair.getPublic());
    byte[] entry = "entry".getBytes(StandardCharsets.UTF_8);
    MerkleHash sibling = MerkleHash.ofLeaf(new byte[] {1});
    MerkleHash root = MerkleHash.ofChildren(sibling, MerkleHash.ofLeaf(entry));
    String text = new Checkpoint("log", 2, root).text();
    SignedNote note = new SignedNote(text, List.of(SignedNote.sign(text, key, pair.getPrivate())));
    String proof = new InclusionProof("entry", 1, List.of(sibling), note).text();
    byte[] bytes = proof.getBytes(StandardCharsets.UTF_8);
    assertEquals(2, InclusionProof.parse(bytes).verify(List.of(key)).size());
    assertEquals(proof, InclusionProof.parse(bytes).text());
    byte[] other = proof.replace("index 1", "index 0").getBytes(StandardCharsets.UTF_8);
    assertThrows(LogFormatException.class, () -> InclusionProof.parse(other).verify(List.of(key)));
    for (int i = 0; i < bytes.length; i++) {
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThrows(LogFormatException.class, () -> InclusionProof.parse(cut), "cut to " + i);
    }
  }
}
