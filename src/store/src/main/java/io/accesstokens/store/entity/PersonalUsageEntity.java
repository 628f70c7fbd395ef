package io.accesstokens.store.entity;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/**
 * The columns of {@code personal_access_tokens} that record uses. These columns have their own
 * mapping, because lists and verifications do not need them. {@code UsageTable} writes the columns
 * by native SQL.
 */
@Entity(name = "PersonalUsageEntity")
@Immutable
@Table(name = PersonalTokenEntity.TABLE)
public class PersonalUsageEntity extends UsageColumns {

  PersonalUsageEntity() {}
}
