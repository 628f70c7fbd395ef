package io.accesstokens.token.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Looks up the mail addresses of groups and users. Implementations must be thread-safe and respond
 * within bounded time.
 */
public interface MailDirectory {

  /** A mail directory without addresses. */
  MailDirectory NONE =
      new MailDirectory() {
        @Override
        public Optional<String> addressOf(EntityRef owner) {
          return Optional.empty();
        }

        @Override
        public Set<EntityRef> membersOf(EntityRef group) {
          return Set.of();
        }
      };

  /** Maximum number of members of a group to whom mails are sent. */
  int MAX_MEMBERS = 50;

  /**
   * Matches an address with an ASCII dot-atom and a domain (RFC 5322, section 3.4.1). The syntax
   * excludes line breaks, quoted parts and lists.
   */
  Pattern ADDRESS =
      Pattern.compile(
          "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++)*+"
              + "@[A-Za-z0-9-]++(?:\\.[A-Za-z0-9-]++)*+");

  /**
   * Returns the address of the group or user itself; empty if there is none. The addresses of the
   * members of a group are not considered. The caller must check the address with {@link
   * #isAddress}.
   *
   * @throws DirectoryUnavailableException if the directory cannot determine the address now
   */
  Optional<String> addressOf(EntityRef owner);

  /**
   * Returns the direct members of a group, at most {@link #MAX_MEMBERS}.
   *
   * @throws DirectoryUnavailableException if the directory cannot determine the members now
   */
  Set<EntityRef> membersOf(EntityRef group);

  /**
   * Returns the addresses for mails about the tokens of an owner. For a group without an address,
   * these are the addresses of its members. Addresses that {@link #isAddress} does not accept are
   * omitted.
   *
   * @param owner the ref of a group or a user
   * @throws DirectoryUnavailableException if the directory cannot determine the addresses now
   */
  default Set<String> addressesOf(EntityRef owner) {
    Set<String> addresses = new TreeSet<>();
    addressOf(owner).filter(MailDirectory::isAddress).ifPresent(addresses::add);
    if (addresses.isEmpty() && owner.kind().equals(EntityRef.GROUP)) {
      for (EntityRef member : membersOf(owner)) {
        addressOf(member).filter(MailDirectory::isAddress).ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  /**
   * Returns a directory that looks up addresses in this directory first, and then in {@code other}.
   * The members of a group are looked up in this directory only.
   */
  default MailDirectory orElse(MailDirectory other) {
    MailDirectory first = this;
    return new MailDirectory() {
      @Override
      public Optional<String> addressOf(EntityRef owner) {
        return first.addressOf(owner).or(() -> other.addressOf(owner));
      }

      @Override
      public Set<EntityRef> membersOf(EntityRef group) {
        return first.membersOf(group);
      }
    };
  }

  /**
   * Returns true if a text matches {@link #ADDRESS}, has at most 254 characters, and has at most 64
   * characters before the at sign.
   */
  static boolean isAddress(String text) {
    return text.length() <= 254 && text.indexOf('@') <= 64 && ADDRESS.matcher(text).matches();
  }
}
