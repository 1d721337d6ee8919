extension CatalogSchema {
    /// Where runs were executed, and which checkpoints were removed on purpose.
    ///
    /// `runs.origin` is canonical JSON of a `RunOrigin` for a run that was imported, and null for one of this storage. `storage_identity` has one row, which the first
    /// process that writes adds: a migration is not allowed to be random, because the catalogs that share links keep are migrated too.
    static let originsOfVersion7 = """
        CREATE TABLE storage_identity (id TEXT NOT NULL);
        ALTER TABLE runs ADD COLUMN origin TEXT;
        ALTER TABLE checkpoints ADD COLUMN removed REAL;
        """
}
