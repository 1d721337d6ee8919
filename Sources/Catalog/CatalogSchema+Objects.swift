extension CatalogSchema {
    /// Adds content-addressed objects for pinned links. A share with an object shows what the object holds; one without is live.
    ///
    /// Links of earlier releases showed the current results at each visit, so they stay live.
    static let objectsOfVersion3 = """
        CREATE TABLE objects (
            digest TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            bytes BLOB NOT NULL,
            created REAL NOT NULL
        );
        ALTER TABLE shares ADD COLUMN object TEXT REFERENCES objects (digest);
        """
}
