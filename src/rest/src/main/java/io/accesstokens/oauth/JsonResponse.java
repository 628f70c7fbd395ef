package io.accesstokens.oauth;

/** A response that can be converted to JSON. */
interface JsonResponse {

  /** Returns the JSON text in UTF-8. */
  byte[] toJson();
}
