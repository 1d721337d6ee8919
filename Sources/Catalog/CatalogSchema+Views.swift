extension CatalogSchema {
    /// What a share link shows as a view (canonical JSON), and the digest of the object that lists its rendered bytes.
    ///
    /// Links of earlier releases have neither: their view follows from kind and target, and pinned ones are drawn from their rows.
    static let viewsOfVersion4 = """
        ALTER TABLE shares ADD COLUMN view TEXT;
        ALTER TABLE shares ADD COLUMN rendered TEXT REFERENCES objects (digest);
        """
}
