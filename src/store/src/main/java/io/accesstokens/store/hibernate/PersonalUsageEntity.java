package io.accesstokens.store.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/**
 * The columns of {@code personal_access_tokens} that tell of uses. A view of its own, so that lists
 * and checks do not read them; {@link UsageTable} writes them by name.
 */
@Entity(name = "PersonalUsageEntity")
@Immutable
@Table(name = PersonalTokenEntity.TABLE)
class PersonalUsageEntity extends UsageColumns {

  PersonalUsageEntity() {}
}
