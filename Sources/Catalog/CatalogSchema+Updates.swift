extension CatalogSchema {
    /// Cells that are to be updated, until they are. Numbers are never used again, so that work that was cancelled cannot be taken for other work.
    static let updatesOfVersion6 = """
        CREATE TABLE notebook_updates (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            notebook INTEGER NOT NULL REFERENCES notebooks (number),
            cell TEXT NOT NULL,
            source TEXT NOT NULL,
            starts INTEGER NOT NULL DEFAULT 0,
            author TEXT NOT NULL,
            member TEXT,
            asked REAL NOT NULL,
            UNIQUE (notebook, cell)
        );
        """
}
