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

    /// What a share link shows as a view (canonical JSON), and the digest of the object that lists its rendered bytes.
    ///
    /// Links of earlier releases have neither: their view follows from kind and target, and pinned ones are drawn from their rows.
    static let viewsOfVersion4 = """
        ALTER TABLE shares ADD COLUMN view TEXT;
        ALTER TABLE shares ADD COLUMN rendered TEXT REFERENCES objects (digest);
        """
}
