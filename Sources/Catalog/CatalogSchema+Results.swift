import GRDB
import Studies

extension CatalogSchema {
    /// Adds the outcome of a run as a column, the reason for a missing metric value, and the version of a log.
    ///
    /// Earlier schemas stored the outcome as the start of the message. Only this migration reads it there.
    static let outcomesOfVersion3 = """
        ALTER TABLE runs ADD COLUMN outcome TEXT;
        UPDATE runs SET outcome = CASE
            WHEN state IN ('queued', 'running') THEN NULL
            WHEN state = 'done' AND substr(message, 1, 9) = 'collapsed' THEN 'collapsed'
            WHEN state = 'failed' AND substr(message, 1, 9) = 'timed out' THEN 'timed_out'
            ELSE state END;
        ALTER TABLE runs ADD COLUMN log_version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE runs ADD COLUMN unknown_events INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE evaluations ADD COLUMN problem TEXT;
        """

    /// Keys results by evaluation protocol, and adds the contents of protocols and extractors. For a run measured under several protocols, the
    /// primary one is that of its first evaluation: its own worker starts with the protocol of its specification.
    static func keyResultsByProtocol(_ db: Database) throws {
        try db.execute(sql: resultsByProtocol)
        let mixed = try Row.fetchAll(
            db, sql: "SELECT run, metric, protocol FROM scores WHERE (run, metric) IN (SELECT run, metric FROM scores WHERE NOT is_primary)")
        for row in mixed {
            let metric: String = row["metric"], order = MetricDirection(metric: metric) == .minimise ? "ASC" : "DESC"
            let values = "SELECT value, step FROM evaluations WHERE run = ?1 AND metric = ?2 AND protocol = ?3 AND value IS NOT NULL"
            try db.execute(
                sql: """
                    UPDATE scores SET (best, best_step) = (\(values) ORDER BY value \(order), step LIMIT 1),
                        (final, final_step) = (\(values) ORDER BY step DESC LIMIT 1)
                    WHERE run = ?1 AND metric = ?2 AND protocol = ?3
                    """, arguments: [row["run"] as Int64, metric, row["protocol"] as String])
        }
    }

    private static let resultsByProtocol = """
        CREATE TABLE evaluation_protocols (
            digest TEXT PRIMARY KEY,
            content TEXT,
            provenance TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE feature_extractors (
            digest TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            provenance TEXT
        ) WITHOUT ROWID;

        ALTER TABLE evaluations RENAME TO old_evaluations;
        CREATE TABLE evaluations (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            metric TEXT NOT NULL,
            protocol TEXT NOT NULL REFERENCES evaluation_protocols (digest),
            value REAL,
            problem TEXT,
            encoder TEXT NOT NULL,
            encoder_digest TEXT NOT NULL,
            samples INTEGER NOT NULL,
            reference_split TEXT NOT NULL,
            PRIMARY KEY (run, step, metric, protocol)
        ) WITHOUT ROWID;
        INSERT INTO evaluation_protocols (digest, content, provenance)
            SELECT DISTINCT protocol, NULL, '{"source":"an evaluation of schema 2"}' FROM old_evaluations;
        INSERT INTO feature_extractors (digest, name, provenance)
            SELECT encoder_digest, MIN(encoder), NULL FROM old_evaluations GROUP BY encoder_digest;
        INSERT INTO evaluations (run, step, metric, protocol, value, problem, encoder, encoder_digest, samples, reference_split)
            SELECT run, step, metric, protocol, value, problem, encoder, encoder_digest, samples, reference_split FROM old_evaluations;
        DROP TABLE old_evaluations;

        ALTER TABLE scores RENAME TO old_scores;
        CREATE TABLE scores (
            run INTEGER NOT NULL REFERENCES runs (number),
            metric TEXT NOT NULL,
            protocol TEXT NOT NULL REFERENCES evaluation_protocols (digest),
            is_primary INTEGER NOT NULL,
            best REAL,
            best_step INTEGER,
            final REAL,
            final_step INTEGER,
            PRIMARY KEY (run, metric, protocol)
        ) WITHOUT ROWID;
        INSERT INTO scores (run, metric, protocol, is_primary)
            SELECT run, metric, protocol, 0 FROM evaluations GROUP BY run, metric, protocol;
        UPDATE scores SET is_primary = 1 WHERE protocol = (
            SELECT evaluations.protocol FROM evaluations
            WHERE evaluations.run = scores.run AND evaluations.metric = scores.metric ORDER BY evaluations.step LIMIT 1);
        UPDATE scores SET (best, best_step, final, final_step) = (
            SELECT best, best_step, final, final_step FROM old_scores WHERE old_scores.run = scores.run AND old_scores.metric = scores.metric);
        DROP TABLE old_scores;
        CREATE UNIQUE INDEX primary_scores ON scores (run, metric) WHERE is_primary;
        """
}
