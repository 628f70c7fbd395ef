package io.accesstokens.app.wiring;

import java.util.Set;

/** The resources, filters and features of the Jakarta REST application, each created once. */
public record ApiComponents(Set<Object> singletons) {}
