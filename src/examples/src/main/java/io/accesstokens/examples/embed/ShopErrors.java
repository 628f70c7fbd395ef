package io.accesstokens.examples.embed;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

/**
 * Writes the error responses of the shop. The mapper does not change the errors of access-tokens.
 */
public class ShopErrors implements ExceptionMapper<WebApplicationException> {

  @Override
  public Response toResponse(WebApplicationException thrown) {
    return Response.fromResponse(thrown.getResponse())
        .type(MediaType.TEXT_PLAIN_TYPE)
        .entity("The shop responds with " + thrown.getResponse().getStatus())
        .build();
  }
}
