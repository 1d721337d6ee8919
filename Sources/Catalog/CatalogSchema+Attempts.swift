extension CatalogSchema {
    /// Adds attempts. Earlier runs have none, because nobody recorded which worker executed what. A run that was running when its program was
    /// replaced gets one, so that its worker is looked for.
    static let version3Attempts = """
        CREATE TABLE attempts (
            run INTEGER NOT NULL REFERENCES runs (number),
            number INTEGER NOT NULL,
            executor TEXT NOT NULL,
            job TEXT,
            node TEXT,
            threads INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('submitting', 'pending', 'running', 'ended', 'refused', 'lost')),
            reason TEXT NOT NULL DEFAULT '',
            submitted REAL NOT NULL,
            started REAL,
            ended REAL,
            PRIMARY KEY (run, number)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX attempts_open ON attempts (run) WHERE ended IS NULL;

        INSERT INTO attempts (run, number, executor, threads, state, reason, submitted, started)
            SELECT number, 1, 'local', COALESCE(threads, 1), 'running', 'started by an earlier version of the program',
                COALESCE(started, created), COALESCE(started, created)
            FROM runs WHERE state = 'running';
        """
}
