extension CatalogSchema {
    /// With what attempts compute (canonical JSON of an object), and a digest of the weights of each checkpoint, by which equal ones of different specifications are found.
    /// Earlier attempts and checkpoints have neither.
    static let provenanceOfVersion8 = """
        ALTER TABLE attempts ADD COLUMN provenance TEXT;
        ALTER TABLE checkpoints ADD COLUMN weights TEXT;
        CREATE INDEX checkpoints_by_weights ON checkpoints (weights) WHERE weights IS NOT NULL;
        """
}
