package io.accesstokens.http.input;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;
import static io.accesstokens.testing.FuzzInput.text;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPosition;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.verify.ChangeFeed;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.glassfish.jersey.uri.UriComponent;

/** Fuzzes query strings. An input without an equals sign is also read as a cursor. */
class QueryFuzzTest {

  private static final int MAX_LIST_LENGTH = 800;

  @FuzzTest
  @DictionaryEntries({
    "limit=",
    "offset=",
    "sort=-createdAt",
    "status=active",
    "groupEntityRef=group:default/a",
    "createdBy=user:default/a",
    "live=true",
    "expiresAfter=2027-01-30T12:00:00Z",
    "expiresBefore=2027-01-31T12:00:00Z",
    "after=",
    "lastUsedBefore=",
    "unusedSince=",
    "neverUsed=false",
    "q=",
    "permission=",
    "tokenId=",
    "actor=",
    "event=created",
    "from=1970-01-01T00:00:00Z",
    "to=",
    "format=csv",
    "nonce=",
    "scope=",
    "userEntityRef=",
    "%C3%A4",
    "%2B",
    "&"
  })
  void parameters(byte[] input) {
    String raw = text(input);
    URI uri =
        URI.create(
            "http://localhost/api?" + UriComponent.contextualEncode(raw, UriComponent.Type.QUERY));
    decodesAsForms(uri);
    read(uri, ListParameters::read).ifPresent(QueryFuzzTest::isBounded);
    for (AuditLogFilter.Kind kind : AuditLogFilter.Kind.values()) {
      read(uri, query -> AuditLogParameters.page(query, kind)).ifPresent(QueryFuzzTest::isBounded);
    }
    read(uri, QueryParameters::groupQuery);
    read(uri, QueryParameters::requiredGroup);
    read(uri, QueryParameters::user);
    read(uri, AuditLogParameters::format);
    read(uri, QueryParameters::nonce)
        .ifPresent(nonce -> holds("a nonce that can be echoed", nonce.matches("[\\w-]{16,64}")));
    read(uri, QueryParameters::position)
        .flatMap(Function.identity())
        .ifPresent(
            position ->
                same(
                    "the position reads back",
                    Optional.of(position),
                    ChangeFeed.Position.parse(position.text())));
    read(uri, QueryParameters::scopes)
        .ifPresent(
            scopes ->
                holds(
                    "scopes that a header can name",
                    String.join(" ", scopes).length() <= QueryParameters.MAX_SCOPES_LENGTH
                        && scopes.stream().allMatch(scope -> scope.matches("[\\x21-\\x7E]+"))));
    cursors(raw);
    for (String value : raw.split("&", -1)) {
      cursors(value.substring(value.indexOf('=') + 1));
    }
  }

  private static <T> Optional<T> read(URI uri, Function<QueryParameters, T> reading) {
    try {
      QueryParameters query = QueryParameters.of(uri);
      T value = reading.apply(query);
      query.check();
      return Optional.of(value);
    } catch (MalformedRequestException e) {
      holds("a refusal names a parameter", !e.violations().isEmpty());
      return Optional.empty();
    }
  }

  private static void isBounded(TokenQuery query) {
    holds("limit " + query.limit(), query.limit() >= 0 && query.limit() <= TokenQuery.MAX_LIMIT);
    holds("offset " + query.offset(), query.offset() >= 0);
    query
        .after()
        .ifPresent(position -> same("the order of a cursor", query.order().key(), position.key()));
    query.filter().createdBy().ifPresent(actor -> holds("a short actor", actor.length() <= 700));
  }

  private static void isBounded(AuditLogQuery query) {
    holds("limit " + query.limit(), query.limit() >= 0 && query.limit() <= TokenQuery.MAX_LIMIT);
    holds("offset " + query.offset(), query.offset() >= 0);
  }

  /** Asserts that accepted queries are decoded as the JDK decodes forms. */
  private static void decodesAsForms(URI uri) {
    QueryParameters query = QueryParameters.of(uri);
    try {
      query.check();
    } catch (MalformedRequestException e) {
      return;
    }
    Map<String, List<String>> expected = new HashMap<>();
    String rawQuery = String.valueOf(uri.getRawQuery());
    for (String pair : rawQuery.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      expected.merge(
          URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
          List.of(URLDecoder.decode(parts.length < 2 ? "" : parts[1], StandardCharsets.UTF_8)),
          (first, second) ->
              java.util.stream.Stream.concat(first.stream(), second.stream()).toList());
    }
    same("parameters", expected, query.all());
  }

  private static void cursors(String text) {
    for (TokenOrder.Key key : TokenOrder.Key.values()) {
      Optional<ListPosition> position = Cursor.read(text, key);
      position.ifPresent(
          read -> {
            same("a position has one text", text, Cursor.write(read));
            same("the key of a position", key, read.key());
            holds("a short value", read.value().length() <= MAX_LIST_LENGTH);
          });
    }
    Optional<AuditLogPosition> auditLogPosition = Cursor.readAuditLogPosition(text);
    auditLogPosition.ifPresent(
        read -> same("an audit log position has one text", text, Cursor.write(read)));
  }
}
