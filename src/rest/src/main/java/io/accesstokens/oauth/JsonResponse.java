package io.accesstokens.oauth;

/** An answer that knows its own JSON. */
interface JsonResponse {

  /** The JSON text in UTF-8. */
  byte[] toJson();
}
