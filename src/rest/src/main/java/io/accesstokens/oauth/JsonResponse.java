package io.accesstokens.oauth;

/** A response with a method that converts the response to JSON. */
interface JsonResponse {

  /** Returns the JSON text in UTF-8. */
  byte[] toJson();
}
