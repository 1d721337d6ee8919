extension CatalogSchema {
    /// What people say about runs and studies: beside the results, so that no digest covers it and no pinned link shows it. The name of a study is `studies.name`, which
    /// its plan keeps as it was submitted.
    static let labelsOfVersion7 = """
        CREATE TABLE run_labels (
            run INTEGER PRIMARY KEY REFERENCES runs (number),
            name TEXT NOT NULL,
            note TEXT NOT NULL,
            tags TEXT NOT NULL,
            starred INTEGER NOT NULL
        );
        CREATE TABLE study_labels (
            study TEXT PRIMARY KEY REFERENCES studies (id),
            note TEXT NOT NULL,
            tags TEXT NOT NULL,
            starred INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    /// What was deleted and can be brought back until it expires, and the files that remain to be removed afterwards. A row of `deletions` stays as a record of what was
    /// removed, when, and by whom.
    static let trashOfVersion7 = """
        CREATE TABLE deletions (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('run', 'study', 'checkpoint', 'dataset')),
            target TEXT NOT NULL,
            title TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            actor TEXT NOT NULL,
            deleted REAL NOT NULL,
            expires REAL NOT NULL,
            ended REAL,
            outcome TEXT CHECK (outcome IN ('restored', 'removed'))
        );
        CREATE UNIQUE INDEX deletions_open ON deletions (kind, target) WHERE ended IS NULL;
        CREATE TABLE deleted_runs (
            run INTEGER PRIMARY KEY REFERENCES runs (number),
            deletion INTEGER NOT NULL REFERENCES deletions (number)
        );
        CREATE TABLE deleted_checkpoints (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            deletion INTEGER NOT NULL REFERENCES deletions (number),
            PRIMARY KEY (run, step)
        ) WITHOUT ROWID;
        CREATE TABLE files_to_remove (
            path TEXT PRIMARY KEY,
            specification TEXT NOT NULL
        ) WITHOUT ROWID;
        """
}
