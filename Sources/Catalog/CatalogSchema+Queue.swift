extension CatalogSchema {
    /// A level of priority is worth this much waiting: seven days, in nanoseconds.
    static let placesOfPriority = 604_800_000_000_000

    /// Adds the order of the queue, what holds jobs back, who submitted them, and which executor was asked for; who changed a run's state; the rules of the
    /// queue and their changes; and the plans of studies that were extended.
    ///
    /// Jobs start in the order of `place`. Jobs of earlier schemas get the place that a submission gives (`place(_:)`).
    static let queueOfVersion7 = """
        ALTER TABLE runs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN hold TEXT;
        ALTER TABLE runs ADD COLUMN submitter TEXT;
        ALTER TABLE runs ADD COLUMN executor TEXT;
        ALTER TABLE evaluation_jobs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE evaluation_jobs ADD COLUMN hold TEXT;
        ALTER TABLE evaluation_jobs ADD COLUMN submitter TEXT;
        ALTER TABLE evaluation_jobs ADD COLUMN executor TEXT;
        UPDATE runs SET place = \(place(ofRun: true));
        UPDATE evaluation_jobs SET place = \(place(ofRun: false));
        CREATE INDEX runs_in_queue ON runs (place, number, study, submitter, executor, hold) WHERE state = 'queued';
        CREATE INDEX evaluation_jobs_in_queue ON evaluation_jobs (place, number) WHERE state = 'queued';

        ALTER TABLE run_history ADD COLUMN actor TEXT;

        CREATE TABLE queue_rules (
            scope TEXT NOT NULL CHECK (scope IN ('queue', 'study', 'member')),
            target TEXT NOT NULL,
            paused TEXT CHECK (paused IN ('finish', 'save')),
            most INTEGER,
            opens INTEGER,
            closes INTEGER,
            time_zone TEXT,
            at_close TEXT CHECK (at_close IN ('finish', 'save')),
            PRIMARY KEY (scope, target)
        ) WITHOUT ROWID;
        CREATE TABLE queue_changes (
            number INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            actor TEXT NOT NULL,
            scope TEXT NOT NULL CHECK (scope IN ('queue', 'study', 'member')),
            target TEXT NOT NULL,
            change TEXT NOT NULL
        );
        CREATE INDEX queue_changes_by_target ON queue_changes (scope, target);

        CREATE TABLE study_plans (
            study TEXT NOT NULL REFERENCES studies (id),
            number INTEGER NOT NULL,
            digest TEXT NOT NULL,
            plan TEXT NOT NULL,
            time REAL NOT NULL,
            actor TEXT,
            reason TEXT NOT NULL,
            PRIMARY KEY (study, number)
        ) WITHOUT ROWID;
        CREATE INDEX study_plans_by_digest ON study_plans (digest);
        """

    /// The place of a job in SQL: when it was submitted, in nanoseconds, earlier by a week for each level of priority. Runs of one moment follow in the order of
    /// their numbers, a microsecond apart, so that one can be moved between two others; evaluations, which are short, come before them.
    static func place(ofRun isRun: Bool) -> String {
        "CAST(MIN(MAX(created, 0), 4000000000) * 1000000000 AS INTEGER) - priority * \(placesOfPriority)\(isRun ? " + number * 1000" : "")"
    }
}
