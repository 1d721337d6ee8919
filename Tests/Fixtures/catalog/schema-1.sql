PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1178881103;
PRAGMA user_version = 1;
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
INSERT INTO "access_tokens" VALUES('cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','bearer','local','owner',100.0,NULL,NULL,NULL);
CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            time REAL NOT NULL,
            actor TEXT NOT NULL,
            address TEXT NOT NULL,
            action TEXT NOT NULL,
            target TEXT NOT NULL,
            detail TEXT NOT NULL
        );
INSERT INTO "audit" VALUES(1,101.0,'owner','127.0.0.1','submit','study aaaaaaaaaaaa','2 runs');
CREATE TABLE checkpoints (
            run INTEGER NOT NULL REFERENCES runs (number),
            step INTEGER NOT NULL,
            digest TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            final INTEGER NOT NULL,
            time REAL NOT NULL,
            PRIMARY KEY (run, step)
        ) WITHOUT ROWID;
INSERT INTO "checkpoints" VALUES(1,40,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',12345,1,299.5);
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
INSERT INTO "evaluations" VALUES(1,40,'fid',31.5,'p','lenet','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',2000,'test');
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('v1');
CREATE TABLE idempotency_keys (
            key TEXT NOT NULL,
            route TEXT NOT NULL,
            request_digest TEXT NOT NULL,
            resource TEXT NOT NULL,
            created REAL NOT NULL,
            PRIMARY KEY (route, key)
        ) WITHOUT ROWID;
INSERT INTO "idempotency_keys" VALUES('k','runs','r','111111111111-1',101.0);
CREATE TABLE metric_chunks (
            run INTEGER NOT NULL REFERENCES runs (number),
            name TEXT NOT NULL,
            chunk INTEGER NOT NULL,
            points BLOB NOT NULL,
            PRIMARY KEY (run, name, chunk)
        ) WITHOUT ROWID;
CREATE TABLE run_history (
            run INTEGER NOT NULL REFERENCES runs (number),
            time REAL NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL
        );
INSERT INTO "run_history" VALUES(1,101.0,'queued','submitted');
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
INSERT INTO "runs" VALUES(1,'111111111111-1','{"hyperparameters":{"beta1":0.5},"seed":7}','1111111111111111111111111111111111111111111111111111111111111111',1,'aaaaaaaaaaaa',0,0,'ns-gan','polygons',7,40,'done','',0,0,NULL,NULL,NULL,101.0,102.0,300.0,40,NULL,NULL,NULL,NULL,NULL,2,'avx2','old-host','0.1.0','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',0,-1,900,0);
INSERT INTO "runs" VALUES(2,'222222222222-1','{"hyperparameters":{"beta1":0.5},"seed":8}','2222222222222222222222222222222222222222222222222222222222222222',1,'aaaaaaaaaaaa',1,0,'ns-gan','polygons',8,40,'failed','',0,0,NULL,NULL,NULL,101.0,102.0,300.0,40,NULL,NULL,NULL,NULL,NULL,2,'avx2','old-host','0.1.0','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',0,-1,900,0);
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
INSERT INTO "samples" VALUES(1,40,'samples/40.png','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',8,8,28,28,1);
CREATE TABLE scores (
            run INTEGER NOT NULL REFERENCES runs (number),
            metric TEXT NOT NULL,
            best REAL NOT NULL,
            best_step INTEGER NOT NULL,
            final REAL NOT NULL,
            final_step INTEGER NOT NULL,
            PRIMARY KEY (run, metric)
        ) WITHOUT ROWID;
INSERT INTO "scores" VALUES(1,'fid',31.5,40,31.5,40);
CREATE TABLE studies (
            id TEXT PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            plan TEXT NOT NULL,
            created REAL NOT NULL,
            finished REAL,
            cancelled INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
INSERT INTO "studies" VALUES('aaaaaaaaaaaa','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','an old study','{"dataset":{"digest":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","name":"polygons"},"name":"old"}',100.5,400.25,0);
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
CREATE INDEX runs_by_state ON runs (state, priority, number);
CREATE INDEX runs_by_study ON runs (study, state);
CREATE INDEX runs_by_model ON runs (model, dataset, state);
CREATE INDEX runs_by_original ON runs (rerun_of) WHERE rerun_of IS NOT NULL;
CREATE INDEX run_history_by_run ON run_history (run);
CREATE INDEX checkpoints_by_digest ON checkpoints (digest);
CREATE INDEX verifications_by_original ON verifications (original);
CREATE TRIGGER audit_is_never_edited BEFORE UPDATE ON audit
            BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
