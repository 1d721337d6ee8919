extension CatalogSchema {
    /// Evaluations of checkpoints as jobs of their own, attempts at them, and which values they measured: `evaluations.job` says who measured a
    /// value first, `evaluation_results` lists all values of a job. Every value of an earlier schema was
    /// measured by training.
    static let version4 = """
        CREATE TABLE evaluation_jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            checkpoint TEXT NOT NULL,
            request TEXT NOT NULL,
            request_digest TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            state TEXT NOT NULL,
            outcome TEXT,
            message TEXT NOT NULL DEFAULT '',
            priority INTEGER NOT NULL DEFAULT 0,
            cancelling INTEGER NOT NULL DEFAULT 0,
            requested_threads INTEGER,
            created REAL NOT NULL,
            started REAL,
            finished REAL,
            done INTEGER NOT NULL DEFAULT 0,
            total INTEGER,
            rate REAL,
            remaining REAL,
            phase TEXT,
            phase_fraction REAL,
            heartbeat REAL,
            threads INTEGER,
            kernels TEXT,
            host TEXT,
            program TEXT,
            restarts INTEGER NOT NULL DEFAULT 0,
            restart_mark INTEGER NOT NULL DEFAULT -1,
            events_offset INTEGER NOT NULL DEFAULT 0,
            damaged_events INTEGER NOT NULL DEFAULT 0,
            unknown_events INTEGER NOT NULL DEFAULT 0,
            log_version INTEGER NOT NULL DEFAULT 1
        );
        CREATE INDEX evaluation_jobs_by_run ON evaluation_jobs (run);
        CREATE INDEX evaluation_jobs_by_request ON evaluation_jobs (request_digest);
        CREATE INDEX evaluation_jobs_by_state ON evaluation_jobs (state, priority, number);
        ALTER TABLE evaluations ADD COLUMN job INTEGER REFERENCES evaluation_jobs (number);
        CREATE TABLE evaluation_results (
            job INTEGER NOT NULL REFERENCES evaluation_jobs (number),
            metric TEXT NOT NULL,
            protocol TEXT NOT NULL REFERENCES evaluation_protocols (digest),
            PRIMARY KEY (job, metric, protocol)
        ) WITHOUT ROWID;

        ALTER TABLE attempts RENAME TO old_attempts;
        CREATE TABLE attempts (
            run INTEGER REFERENCES runs (number),
            evaluation INTEGER REFERENCES evaluation_jobs (number),
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
            CHECK ((run IS NULL) <> (evaluation IS NULL)),
            UNIQUE (run, number),
            UNIQUE (evaluation, number)
        );
        INSERT INTO attempts (run, number, executor, job, node, threads, state, reason, submitted, started, ended)
            SELECT run, number, executor, job, node, threads, state, reason, submitted, started, ended FROM old_attempts ORDER BY run, number;
        DROP TABLE old_attempts;
        CREATE UNIQUE INDEX attempts_open ON attempts (run) WHERE ended IS NULL;
        CREATE UNIQUE INDEX attempts_open_evaluation ON attempts (evaluation) WHERE ended IS NULL;
        """
}
