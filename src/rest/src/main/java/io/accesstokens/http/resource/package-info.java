/**
 * Jakarta REST resources for the use cases. {@link io.accesstokens.http.resource.BaseResource}
 * provides the services to all of them, also to the resources of other packages.
 *
 * <p>The package {@code http} has the rules for resources, and the feature that registers them.
 */
@NullMarked
package io.accesstokens.http.resource;

import org.jspecify.annotations.NullMarked;
