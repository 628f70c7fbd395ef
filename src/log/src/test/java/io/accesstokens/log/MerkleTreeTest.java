package io.accesstokens.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MerkleTreeTest {

  /** The leaves of the test tree of the Certificate Transparency project, in hexadecimal. */
  private static final List<String> CT_LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  /** The roots of the trees over the first leaves. */
  private static final List<String> CT_ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  /** Keeps tiles by level and index, as a store does. */
  private static final class Tiles implements TileReader {

    private record Place(int level, long index) {}

    private final Map<Place, byte[]> contents = new HashMap<>();
    private int reads;

    void put(Tile tile, byte[] content) {
      contents.put(new Place(tile.level(), tile.index()), content);
    }

    @Override
    public byte[] read(Tile tile) {
      reads++;
      byte[] content = contents.get(new Place(tile.level(), tile.index()));
      if (content == null) {
        throw new AssertionError("no tile " + tile.path() + " was written");
      }
      return content;
    }
  }

  private static MerkleHash leaf(long index) {
    return MerkleHash.ofLeaf(("leaf " + index).getBytes(StandardCharsets.UTF_8));
  }

  private static Tiles tiles(long size) {
    Tiles tiles = new Tiles();
    TreeBuilder builder = TreeBuilder.empty(tiles::put);
    for (long i = 0; i < size; i++) {
      builder.add(leaf(i));
    }
    builder.partialTiles().forEach(tiles::put);
    return tiles;
  }

  /** Computes a root by the definition of RFC 6962, section 2.1. */
  private static MerkleHash definition(int first, int end) {
    if (end - first == 1) {
      return leaf(first);
    }
    int split = first + Integer.highestOneBit(end - first - 1);
    return MerkleHash.ofChildren(definition(first, split), definition(split, end));
  }

  @Test
  void emptyTreeHasTheHashOfNothing() {
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        HexFormat.of().formatHex(new MerkleTree(new Tiles(), 0).root().bytes()));
  }

  @Test
  void rootsAreThoseOfCertificateTransparency() {
    TreeBuilder builder = TreeBuilder.empty((tile, content) -> {});
    for (int i = 0; i < CT_LEAVES.size(); i++) {
      builder.add(MerkleHash.ofLeaf(HexFormat.of().parseHex(CT_LEAVES.get(i))));
      assertEquals(
          CT_ROOTS.get(i),
          HexFormat.of().formatHex(builder.root().bytes()),
          "the root over " + (i + 1) + " leaves");
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "255", "256", "257", "511", "512", "700", "65537"})
  void rootFromTilesAndFromTheBuilderFollowTheDefinition(int size) {
    Tiles tiles = tiles(size);
    MerkleHash expected = definition(0, size);
    assertEquals(expected, new MerkleTree(tiles, size).root(), "from tiles");
    assertEquals(
        expected, TreeBuilder.on(tiles, size, (tile, content) -> {}).root(), "from the builder");
  }

  @Test
  void everyProofOfSmallTreesIsAcceptedAndEachChangeIsRejected() {
    int most = 40;
    Tiles tiles = tiles(most);
    for (int size = 1; size <= most; size++) {
      MerkleTree tree = new MerkleTree(tiles, size);
      MerkleHash root = tree.root();
      assertEquals(definition(0, size), root, "the root of size " + size);
      for (int i = 0; i < size; i++) {
        List<MerkleHash> proof = tree.inclusionProof(i);
        assertTrue(MerkleProofs.isIncluded(proof, leaf(i), i, size, root), i + " of " + size);
        assertFalse(MerkleProofs.isIncluded(proof, leaf(i + 1), i, size, root), "other leaf");
        for (List<MerkleHash> wrong : changed(proof)) {
          assertFalse(
              MerkleProofs.isIncluded(wrong, leaf(i), i, size, root),
              "changed " + i + " of " + size);
        }
      }
      for (int old = 0; old <= size; old++) {
        MerkleHash oldRoot = new MerkleTree(tiles, old).root();
        List<MerkleHash> proof = tree.consistencyProof(old);
        assertTrue(MerkleProofs.isConsistent(proof, old, oldRoot, size, root), old + " to " + size);
        if (old > 0) {
          assertFalse(
              MerkleProofs.isConsistent(proof, old, leaf(99), size, root), "other old root");
        }
        for (List<MerkleHash> wrong : changed(proof)) {
          assertFalse(
              MerkleProofs.isConsistent(wrong, old, oldRoot, size, root),
              "changed " + old + " to " + size);
        }
      }
    }
  }

  @Test
  void indexesAndSizesOutsideTheTreeAreRejected() {
    MerkleHash root = leaf(0);
    List<MerkleHash> none = List.of();
    assertTrue(MerkleProofs.isIncluded(none, leaf(0), 0, 1, root), "the only leaf");
    assertFalse(MerkleProofs.isIncluded(none, leaf(0), 1, 1, root), "after the last leaf");
    assertFalse(MerkleProofs.isIncluded(none, leaf(0), -1, 1, root), "before the first leaf");
    assertFalse(MerkleProofs.isConsistent(none, 2, root, 1, root), "larger old size");
    assertFalse(MerkleProofs.isConsistent(none, -1, root, 1, root), "negative old size");
    assertFalse(MerkleProofs.isConsistent(none, 3, root, 4, root), "no hashes");
  }

  private static List<List<MerkleHash>> changed(List<MerkleHash> proof) {
    List<List<MerkleHash>> changed = new ArrayList<>();
    for (int i = 0; i < proof.size(); i++) {
      List<MerkleHash> other = new ArrayList<>(proof);
      other.set(i, leaf(1_000));
      changed.add(other);
      List<MerkleHash> shorter = new ArrayList<>(proof);
      shorter.remove(i);
      changed.add(shorter);
    }
    List<MerkleHash> longer = new ArrayList<>(proof);
    longer.add(leaf(1_000));
    changed.add(longer);
    return changed;
  }

  @Test
  void proofsOfLargeTreesReadFewTiles() {
    int size = 70_000;
    Tiles tiles = tiles(size);
    MerkleHash root = new MerkleTree(tiles, size).root();
    for (int i : new int[] {0, 255, 256, 40_000, 65_535, 65_536, 69_999}) {
      tiles.reads = 0;
      List<MerkleHash> proof = new MerkleTree(tiles, size).inclusionProof(i);
      assertTrue(MerkleProofs.isIncluded(proof, leaf(i), i, size, root), "leaf " + i);
      assertTrue(tiles.reads <= 7, "leaf " + i + " took " + tiles.reads + " tiles, expected 7");
      MerkleTree old = new MerkleTree(tiles, i + 1L);
      assertTrue(
          MerkleProofs.isConsistent(
              new MerkleTree(tiles, size).consistencyProof(i + 1L), i + 1L, old.root(), size, root),
          "size " + (i + 1));
    }
  }

  @Test
  void unchangedTilesAreNotReturned() {
    TreeBuilder builder = TreeBuilder.on(tiles(300), 300, (tile, content) -> {});
    assertEquals(Map.of(), builder.partialTiles());
    builder.add(leaf(300));
    assertEquals(
        List.of("tile/0/001.p/45"),
        builder.partialTiles().keySet().stream().map(Tile::path).toList());
  }

  @Test
  void continuedTreeHasTheTilesOfTheSpecification() {
    Tiles tiles = tiles(300);
    TreeSet<String> full = new TreeSet<>();
    TreeBuilder builder =
        TreeBuilder.on(
            tiles,
            300,
            (tile, content) -> {
              full.add(tile.path());
              tiles.put(tile, content);
            });
    for (int i = 300; i < 70_000; i++) {
      builder.add(leaf(i));
    }
    // The example of c2sp.org/tlog-tiles.
    assertEquals(273 + 1, full.size() + 1, "full tiles of the levels 0 and 1");
    assertEquals(
        List.of("tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"),
        builder.partialTiles().keySet().stream().map(Tile::path).toList());
    assertEquals(definition(0, 70_000), builder.root());
  }

  @ParameterizedTest
  @CsvSource({
    "tile/0/001, 0, 1, 256",
    "tile/0/001.p/5, 0, 1, 5",
    "tile/5/x123/x456/078, 5, 123456078, 256",
    "tile/5/x123/x456/078.p/2, 5, 123456078, 2",
    "tile/63/000, 63, 0, 256",
    "tile/0/x018/x014/x398/x509/x481/983, 0, 18014398509481983, 256",
    "tile/1/x001/x234/067, 1, 1234067, 256",
    "tile/entries/x003/x057/500, -1, 3057500, 256"
  })
  void pathsAreParsedAndWritten(String path, int level, long index, int width) {
    assertEquals(new Tile(level, index, width), Tile.parse(path));
    assertEquals(path, new Tile(level, index, width).path());
  }

  @ParameterizedTest
  @CsvSource({
    "tile/5/123/456/078",
    "tile/-1/x123/x456/078",
    "tile/00/001",
    "tile/64/001",
    "tile/0/x000/001",
    "tile/0/1",
    "tile/0/001.p/256",
    "tile/0/001.p/0",
    "tile/0/001.p/05",
    "tile/0/001.p/",
    "tile/0/x001",
    "tile/0/001/",
    "/tile/0/001",
    "tile/data/001",
    "tile/0/x018/x014/x398/x509/x481/984",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
    "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999"
  })
  void otherPathsAreRejected(String path) {
    assertThrows(LogFormatException.class, () -> Tile.parse(path), path);
  }

  @Test
  void wrongTilesAreRejected() {
    Tiles tiles = tiles(300);
    tiles.put(Tile.parse("tile/0/001.p/44"), new byte[43 * 32]);
    assertThrows(LogFormatException.class, () -> new MerkleTree(tiles, 300).root(), "too short");
    tiles.put(Tile.parse("tile/0/001.p/44"), new byte[44 * 32 + 1]);
    assertThrows(LogFormatException.class, () -> new MerkleTree(tiles, 300).root(), "odd length");
    tiles.put(Tile.parse("tile/0/001.p/44"), new byte[257 * 32]);
    assertThrows(LogFormatException.class, () -> new MerkleTree(tiles, 300).root(), "too long");
    assertThrows(
        LogFormatException.class, () -> new MerkleTree(tiles, 300).inclusionProof(300), "no leaf");
    assertThrows(
        LogFormatException.class, () -> new MerkleTree(tiles, 300).consistencyProof(301), "larger");
    assertThrows(LogFormatException.class, () -> new MerkleTree(tiles, -1), "negative size");
  }

  @Test
  void bundlesAreDecodedStrictly() {
    List<byte[]> entries = List.of(new byte[0], new byte[] {1}, new byte[65_535]);
    byte[] bundle = EntryBundle.encode(entries);
    Tile tile = new Tile(Tile.ENTRIES, 0, 3);
    List<byte[]> decoded = EntryBundle.decode(bundle, tile);
    for (int i = 0; i < 3; i++) {
      assertTrue(Arrays.equals(entries.get(i), decoded.get(i)), "entry " + i);
    }
    assertEquals(2, EntryBundle.decode(bundle, new Tile(Tile.ENTRIES, 0, 2)).size(), "a prefix");
    for (int length : new int[] {1, 3, bundle.length - 1}) {
      assertThrows(
          LogFormatException.class,
          () -> EntryBundle.decode(Arrays.copyOf(bundle, length), tile),
          "cut to " + length);
    }
    assertThrows(
        LogFormatException.class,
        () -> EntryBundle.decode(bundle, new Tile(Tile.ENTRIES, 0, 4)),
        "too few entries");
    assertThrows(
        LogFormatException.class,
        () -> EntryBundle.decode(new byte[257 * 2], new Tile(Tile.ENTRIES, 0, 256)),
        "too many entries");
    assertThrows(
        LogFormatException.class,
        () -> EntryBundle.encode(List.of(new byte[65_536])),
        "too long an entry");
  }
}
