package io.accesstokens.store.entity;

import io.accesstokens.store.hibernate.UsageTable;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/**
 * The columns of {@code personal_access_tokens} that record uses. The columns have their own
 * mapping, so that lists and verifications do not read them. {@link UsageTable} writes the columns
 * by native SQL.
 */
@Entity(name = "PersonalUsageEntity")
@Immutable
@Table(name = PersonalTokenEntity.TABLE)
public class PersonalUsageEntity extends UsageColumns {

  PersonalUsageEntity() {}
}
