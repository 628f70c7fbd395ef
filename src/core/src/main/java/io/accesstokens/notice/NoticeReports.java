package io.accesstokens.notice;

import io.accesstokens.token.Actor;
import io.accesstokens.token.PermissionScope;
import io.accesstokens.token.Permissions;
import io.accesstokens.token.policy.PermissionCheck;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reports on the notices about the service tokens that an actor may read. Notices about personal
 * tokens are not reported.
 */
public final class NoticeReports {

  private final NoticeReportStore store;
  private final PermissionCheck access;
  private final Clock clock;

  public NoticeReports(NoticeReportStore store, PermissionCheck access, Clock clock) {
    this.store = store;
    this.access = access;
    this.clock = clock;
  }

  /**
   * A page of notices.
   *
   * @param notices the notices, newest first
   * @param next the position after which the next page starts; empty on the last page
   */
  public record Page(List<NoticeReport> notices, Optional<ListPosition> next) {
    public Page {
      notices = List.copyOf(notices);
    }
  }

  /**
   * Returns a page of notices. Notices that are older than {@link DeliveryStore#RETENTION} are not
   * returned, because they no longer have deliveries.
   *
   * @throws io.accesstokens.token.policy.PermissionDeniedException if the actor may read no service
   *     tokens
   */
  public Page list(Actor actor, NoticeQuery query) {
    PermissionScope scope = access.require(actor, Permissions.SERVICE_READ).groups();
    Optional<Set<EntityRef>> groups = query.groups();
    if (scope instanceof PermissionScope.Groups own) {
      Set<EntityRef> both = new HashSet<>(groups.orElse(own.groups()));
      both.retainAll(own.groups());
      groups = Optional.of(both);
    }
    if (query.limit() == 0 || groups.filter(Set::isEmpty).isPresent()) {
      return new Page(List.of(), Optional.empty());
    }
    List<NoticeReport> found =
        store.list(
            new NoticeQuery(groups, query.tokenId(), query.after(), query.limit() + 1),
            clock.instant().minus(DeliveryStore.RETENTION));
    if (found.size() <= query.limit()) {
      return new Page(found, Optional.empty());
    }
    List<NoticeReport> page = found.subList(0, query.limit());
    return new Page(page, Optional.of(page.get(page.size() - 1).position()));
  }
}
