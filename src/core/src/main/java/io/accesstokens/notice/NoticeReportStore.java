package io.accesstokens.notice;

import java.time.Instant;
import java.util.List;

/** Reads reports on notices. */
@FunctionalInterface
public interface NoticeReportStore {

  /**
   * Returns a page of the notices about service tokens, newest first.
   *
   * @param since the time of the oldest notice, inclusive
   * @throws io.accesstokens.token.StoreUnavailableException if the store cannot be reached
   */
  List<NoticeReport> list(NoticeQuery query, Instant since);
}
