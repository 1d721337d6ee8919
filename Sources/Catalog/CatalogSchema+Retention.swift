extension CatalogSchema {
    /// Earlier programs removed the archive of a checkpoint for good without marking the checkpoint: which ones, their deletions tell.
    static let removedOfVersion9 = """
        UPDATE checkpoints SET removed = (
            SELECT deletions.ended FROM deleted_checkpoints AS gone JOIN deletions ON deletions.number = gone.deletion
            WHERE gone.run = checkpoints.run AND gone.step = checkpoints.step)
        WHERE removed IS NULL AND (run, step) IN (
            SELECT gone.run, gone.step FROM deleted_checkpoints AS gone JOIN deletions ON deletions.number = gone.deletion WHERE deletions.outcome = 'removed');
        """

    /// The retention rules of studies, the checkpoints that somebody keeps, and deletions of many checkpoints at once: the kinds of deletions were a closed list in the
    /// table. All deletions stay as they are.
    static let retentionOfVersion9 = """
        CREATE TABLE retention_rules (
            study TEXT PRIMARY KEY REFERENCES studies (id),
            last INTEGER NOT NULL,
            best INTEGER NOT NULL,
            every INTEGER,
            actor TEXT NOT NULL,
            time REAL NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE kept_checkpoints (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            actor TEXT NOT NULL,
            time REAL NOT NULL,
            PRIMARY KEY (run, step)
        ) WITHOUT ROWID;

        CREATE TABLE new_deletions (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('run', 'study', 'checkpoint', 'checkpoints', 'dataset')),
            target TEXT NOT NULL,
            title TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            actor TEXT NOT NULL,
            deleted REAL NOT NULL,
            expires REAL NOT NULL,
            ended REAL,
            outcome TEXT CHECK (outcome IN ('restored', 'removed'))
        );
        INSERT INTO new_deletions SELECT number, kind, target, title, bytes, actor, deleted, expires, ended, outcome FROM deletions;
        CREATE TEMPORARY TABLE old_deleted_runs AS SELECT * FROM deleted_runs;
        CREATE TEMPORARY TABLE old_deleted_checkpoints AS SELECT * FROM deleted_checkpoints;
        DELETE FROM deleted_runs;
        DELETE FROM deleted_checkpoints;
        DROP TABLE deletions;
        ALTER TABLE new_deletions RENAME TO deletions;
        CREATE UNIQUE INDEX deletions_open ON deletions (kind, target) WHERE ended IS NULL;
        INSERT INTO deleted_runs SELECT * FROM old_deleted_runs;
        INSERT INTO deleted_checkpoints SELECT * FROM old_deleted_checkpoints;
        DROP TABLE old_deleted_runs;
        DROP TABLE old_deleted_checkpoints;
        """
}
