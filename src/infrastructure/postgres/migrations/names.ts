/** The migrations of what is kept, in order. Apart from the migrations themselves, which need the ORM. */
export const keptMigrations = ['0001-kept'] as const;
