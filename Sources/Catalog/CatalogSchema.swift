import GRDB

/// The tables and how they came to be. A released migration is never edited; a change is a new one.
enum CatalogSchema {
    /// The newest schema that this program knows; also written to `PRAGMA user_version`.
    static let current = 9
    /// "FDLO": marks the file as ours (`PRAGMA application_id`).
    static let applicationID = 0x4644_4C4F

    static func version(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Refuses a database of another program or of a newer one, before anything is written.
    static func check(_ db: Database, path: String) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        if tables > 0 && application != applicationID { throw CatalogError.foreign(path: path) }
        let schema = try version(db)
        if schema > current { throw CatalogError.newer(path: path, schema: schema, known: current) }
    }

    /// - Parameter isWhole: whether the database has all rows that its rows refer to; a snapshot has a part of them.
    static func migrate(_ writer: any DatabaseWriter, isWhole: Bool = true) throws {
        var migrator = DatabaseMigrator()
        if !isWhole { migrator = migrator.disablingDeferredForeignKeyChecks() }
        migrator.registerMigration("v1") { db in
            try db.execute(sql: version1)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("v2") { db in
            try db.execute(sql: version2)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("v3-outcomes") { db in
            try db.execute(sql: outcomesOfVersion3)
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("v3-protocols") { try keyResultsByProtocol($0) }
        migrator.registerMigration("v3-attempts") { db in try db.execute(sql: version3Attempts) }
        migrator.registerMigration("v3-objects") { db in try db.execute(sql: objectsOfVersion3) }
        migrator.registerMigration("v4-views") { db in try db.execute(sql: viewsOfVersion4) }
        migrator.registerMigration("v4-objectives") { db in try db.execute(sql: objectivesOfVersion4) }
        migrator.registerMigration("v4-evaluations") { db in
            try db.execute(sql: version4)
            try db.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("v5-shares") { db in try db.execute(sql: sharesOfVersion5) }
        migrator.registerMigration("v5-notebooks") { db in
            try db.execute(sql: notebooksOfVersion5)
            try db.execute(sql: "PRAGMA user_version = 5")
        }
        migrator.registerMigration("v6-updates") { db in
            try db.execute(sql: updatesOfVersion6)
            try db.execute(sql: "PRAGMA user_version = 6")
        }
        migrator.registerMigration("v7") { db in
            try db.execute(sql: queueOfVersion7)
            try db.execute(sql: labelsOfVersion7)
            try db.execute(sql: trashOfVersion7)
            try db.execute(sql: originsOfVersion7)
            try db.execute(sql: "PRAGMA user_version = 7")
        }
        migrator.registerMigration("v8-provenance") { db in
            try db.execute(sql: provenanceOfVersion8)
            try db.execute(sql: "PRAGMA user_version = 8")
        }
        migrator.registerMigration("v9-removed") { db in try db.execute(sql: removedOfVersion9) }
        migrator.registerMigration("v9-retention") { db in
            try db.execute(sql: retentionOfVersion9)
            try db.execute(sql: "PRAGMA user_version = 9")
        }
        try migrator.migrate(writer)
    }

    // Times are unix seconds. Digests are lower-case hex. `run` refers to the short number of a run, not its public id.
    private static let version1 = """
        CREATE TABLE studies (
            id TEXT PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            plan TEXT NOT NULL,
            created REAL NOT NULL,
            finished REAL,
            cancelled INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;

        CREATE TABLE runs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            specification TEXT NOT NULL,
            specification_digest TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            study TEXT REFERENCES studies (id),
            position INTEGER,
            setting INTEGER,
            model TEXT NOT NULL,
            dataset TEXT NOT NULL,
            seed INTEGER NOT NULL,
            steps INTEGER NOT NULL,
            state TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '',
            priority INTEGER NOT NULL DEFAULT 0,
            cancelling INTEGER NOT NULL DEFAULT 0,
            requested_threads INTEGER,
            requested_kernels TEXT,
            rerun_of TEXT REFERENCES runs (id),
            created REAL NOT NULL,
            started REAL,
            finished REAL,
            step INTEGER NOT NULL DEFAULT 0,
            rate REAL,
            remaining REAL,
            phase TEXT,
            phase_fraction REAL,
            heartbeat REAL,
            threads INTEGER,
            kernels TEXT,
            host TEXT,
            program TEXT,
            final_digest TEXT,
            restarts INTEGER NOT NULL DEFAULT 0,
            restart_mark INTEGER NOT NULL DEFAULT -1,
            events_offset INTEGER NOT NULL DEFAULT 0,
            damaged_events INTEGER NOT NULL DEFAULT 0,
            UNIQUE (specification_digest, attempt)
        );
        CREATE INDEX runs_by_state ON runs (state, priority, number);
        CREATE INDEX runs_by_study ON runs (study, state);
        CREATE INDEX runs_by_model ON runs (model, dataset, state);
        CREATE INDEX runs_by_original ON runs (rerun_of) WHERE rerun_of IS NOT NULL;

        CREATE TABLE run_history (
            run INTEGER NOT NULL REFERENCES runs (number),
            time REAL NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL
        );
        CREATE INDEX run_history_by_run ON run_history (run);

        CREATE TABLE metric_chunks (
            run INTEGER NOT NULL REFERENCES runs (number),
            name TEXT NOT NULL,
            chunk INTEGER NOT NULL,
            points BLOB NOT NULL,
            PRIMARY KEY (run, name, chunk)
        ) WITHOUT ROWID;

        CREATE TABLE evaluations (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            metric TEXT NOT NULL,
            value REAL,
            protocol TEXT NOT NULL,
            encoder TEXT NOT NULL,
            encoder_digest TEXT NOT NULL,
            samples INTEGER NOT NULL,
            reference_split TEXT NOT NULL,
            PRIMARY KEY (run, step, metric)
        ) WITHOUT ROWID;

        CREATE TABLE scores (
            run INTEGER NOT NULL REFERENCES runs (number),
            metric TEXT NOT NULL,
            best REAL NOT NULL,
            best_step INTEGER NOT NULL,
            final REAL NOT NULL,
            final_step INTEGER NOT NULL,
            PRIMARY KEY (run, metric)
        ) WITHOUT ROWID;

        CREATE TABLE samples (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            file TEXT NOT NULL,
            digest TEXT NOT NULL,
            rows INTEGER NOT NULL,
            columns INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            channels INTEGER NOT NULL,
            PRIMARY KEY (run, step)
        ) WITHOUT ROWID;

        CREATE TABLE checkpoints (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            digest TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            final INTEGER NOT NULL,
            time REAL NOT NULL,
            PRIMARY KEY (run, step)
        ) WITHOUT ROWID;
        CREATE INDEX checkpoints_by_digest ON checkpoints (digest);

        CREATE TABLE verifications (
            rerun INTEGER PRIMARY KEY REFERENCES runs (number),
            original INTEGER NOT NULL REFERENCES runs (number),
            state TEXT NOT NULL,
            metrics INTEGER NOT NULL DEFAULT 0,
            samples INTEGER NOT NULL DEFAULT 0,
            evaluations INTEGER NOT NULL DEFAULT 0,
            checkpoints INTEGER NOT NULL DEFAULT 0,
            first_difference TEXT,
            finished REAL
        );
        CREATE INDEX verifications_by_original ON verifications (original);

        CREATE TABLE idempotency_keys (
            key TEXT NOT NULL,
            route TEXT NOT NULL,
            request_digest TEXT NOT NULL,
            resource TEXT NOT NULL,
            created REAL NOT NULL,
            PRIMARY KEY (route, key)
        ) WITHOUT ROWID;

        CREATE TABLE access_tokens (
            hash TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            created REAL NOT NULL,
            expires REAL,
            last_used REAL,
            revoked REAL
        ) WITHOUT ROWID;

        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            actor TEXT NOT NULL,
            address TEXT NOT NULL,
            action TEXT NOT NULL,
            target TEXT NOT NULL,
            detail TEXT NOT NULL
        );
        CREATE TRIGGER audit_is_never_edited BEFORE UPDATE ON audit
            BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
        """
}
