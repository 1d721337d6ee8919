PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1178881103;
PRAGMA user_version = 8;
CREATE TABLE access_tokens (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('link', 'invitation', 'bearer')),
    member TEXT REFERENCES members (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
    created REAL NOT NULL,
    expires REAL,
    last_used REAL,
    revoked REAL
) WITHOUT ROWID;
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
    ended REAL, provenance TEXT,
    CHECK ((run IS NULL) <> (evaluation IS NULL)),
    UNIQUE (run, number),
    UNIQUE (evaluation, number)
);
INSERT INTO "attempts" VALUES(1,NULL,1,'local','6798','machine',2,'ended','the worker ended with exit code 0',1.79610479653321385377e+09,1.79610479654988169665e+09,1.79610479774861860275e+09,'{"member":{"name":"local"},"plan":"bf6aa2f9e27304f095ef31190a844597c2119f3b6904e4f5bcc03470bdb88586","build":"caebbf6cb766048e9dcce433d21329126c1d2b5f","dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"host":"machine","kernels":"avx2","libraries":{"glibc":"2.36","libpng":"1.6.39","zlib":"1.2.13"},"numerics":1,"processor":"AMD EPYC","program":"0.1.0","system":"Linux 6.18.44-fc-v1045 x86_64","threads":2,"extractors":{"coordinates":"473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d"}}');
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
, member TEXT, via TEXT NOT NULL DEFAULT '');
INSERT INTO "audit" VALUES(1,1.79610479648515200612e+09,'local','','submit','study bf6aa2f9e273','1 runs',NULL,'');
INSERT INTO "audit" VALUES(2,1.79610479823594379423e+09,'local','','delete','checkpoint caf9865f2301-1/2','checkpoint of run caf9865f2301-1 at step 2',NULL,'');
INSERT INTO "audit" VALUES(3,1.79610479836257290846e+09,'local','','remove','checkpoint caf9865f2301-1/2','checkpoint of run caf9865f2301-1 at step 2',NULL,'');
INSERT INTO "audit" VALUES(4,1.79610479855025982859e+09,'local','','delete','checkpoint caf9865f2301-1/6','checkpoint of run caf9865f2301-1 at step 6',NULL,'');
CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (number),
    step INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    final INTEGER NOT NULL,
    time REAL NOT NULL, removed REAL, weights TEXT,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "checkpoints" VALUES(1,2,'2c294ca3881e8568cffa8d3e11e0c5b233344c17284ae258ceacc6dd91a28aef',71586,0,1796104797.523,NULL,'bdb38702c00529c690a3629120bfb4562a617ad86976e4d28ca9895413c989e1');
INSERT INTO "checkpoints" VALUES(1,4,'2c1161a72bb8c2a23070f4c078ee4a7e19a5154aa0dde53a07184390fd1a8d4c',71560,0,1796104797.59,NULL,'f8ad30747291b18907a00302b4a6364df062f0638316a0f89898e2c946948a06');
INSERT INTO "checkpoints" VALUES(1,6,'573fe1f1cd99b275e4a38de6391cd754996526308ae8e161a65d0de76f0e2fcd',71625,0,1796104797.649,NULL,'e31fcfbd1920aed40f33d1e5512bf1cbdf2debd632bb226b895e88952346d8d3');
INSERT INTO "checkpoints" VALUES(1,8,'6b195d48c4548ffa1a24e2fda79bc65d58b2a6bca01cea5262a44046c7446793',71428,1,1796104797.717,NULL,'773980ae6a57f64049bb1896c062f74a28fc0f7ac9f61863411d6d02439eeefe');
CREATE TABLE deleted_checkpoints (
    run INTEGER NOT NULL REFERENCES runs (number),
    step INTEGER NOT NULL,
    deletion INTEGER NOT NULL REFERENCES deletions (number),
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "deleted_checkpoints" VALUES(1,2,1);
INSERT INTO "deleted_checkpoints" VALUES(1,6,2);
CREATE TABLE deleted_runs (
    run INTEGER PRIMARY KEY REFERENCES runs (number),
    deletion INTEGER NOT NULL REFERENCES deletions (number)
);
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
INSERT INTO "deletions" VALUES(1,'checkpoint','caf9865f2301-1/2','checkpoint of run caf9865f2301-1 at step 2',71586,'local',1.79610479823172569276e+09,1.79619119823172569269e+09,1.79610479835816025731e+09,'removed');
INSERT INTO "deletions" VALUES(2,'checkpoint','caf9865f2301-1/6','checkpoint of run caf9865f2301-1 at step 6',71625,'local',1.79610479854063248639e+09,1.79619119854063248632e+09,NULL,NULL);
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
, place INTEGER NOT NULL DEFAULT 0, hold TEXT, submitter TEXT, executor TEXT);
CREATE TABLE evaluation_protocols (
    digest TEXT PRIMARY KEY,
    content TEXT,
    provenance TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "evaluation_protocols" VALUES('0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a','{"dataset":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","encoder":"coordinates","encoder_digest":"473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d","estimator":"frechet-1","latent_stream":"evaluation/latents","metric":"fid","numerics":1,"reference_samples":256,"reference_split":"test","samples":256}','{"program":"0.1.0","run":"caf9865f2301-1","source":"a worker"}');
CREATE TABLE evaluation_results (
    job INTEGER NOT NULL REFERENCES evaluation_jobs (number),
    metric TEXT NOT NULL,
    protocol TEXT NOT NULL REFERENCES evaluation_protocols (digest),
    PRIMARY KEY (job, metric, protocol)
) WITHOUT ROWID;
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
    reference_split TEXT NOT NULL, job INTEGER REFERENCES evaluation_jobs (number),
    PRIMARY KEY (run, step, metric, protocol)
) WITHOUT ROWID;
INSERT INTO "evaluations" VALUES(1,4,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1.74869364949798100639e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test',NULL);
INSERT INTO "evaluations" VALUES(1,8,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1.74893178587657671663e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test',NULL);
CREATE TABLE feature_extractors (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    provenance TEXT
) WITHOUT ROWID;
INSERT INTO "feature_extractors" VALUES('473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d','coordinates','{"coordinates":2,"encoder":"coordinates"}');
CREATE TABLE files_to_remove (
    path TEXT PRIMARY KEY,
    specification TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('v1');
INSERT INTO "grdb_migrations" VALUES('v2');
INSERT INTO "grdb_migrations" VALUES('v3-outcomes');
INSERT INTO "grdb_migrations" VALUES('v3-protocols');
INSERT INTO "grdb_migrations" VALUES('v3-attempts');
INSERT INTO "grdb_migrations" VALUES('v3-objects');
INSERT INTO "grdb_migrations" VALUES('v4-views');
INSERT INTO "grdb_migrations" VALUES('v4-objectives');
INSERT INTO "grdb_migrations" VALUES('v4-evaluations');
INSERT INTO "grdb_migrations" VALUES('v5-shares');
INSERT INTO "grdb_migrations" VALUES('v5-notebooks');
INSERT INTO "grdb_migrations" VALUES('v6-updates');
INSERT INTO "grdb_migrations" VALUES('v7');
INSERT INTO "grdb_migrations" VALUES('v8-provenance');
CREATE TABLE idempotency_keys (
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    resource TEXT NOT NULL,
    created REAL NOT NULL,
    PRIMARY KEY (route, key)
) WITHOUT ROWID;
CREATE TABLE members (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
    password TEXT,
    created REAL NOT NULL,
    joined REAL,
    removed REAL
) WITHOUT ROWID;
CREATE TABLE metric_chunks (
    run INTEGER NOT NULL REFERENCES runs (number),
    name TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    points BLOB NOT NULL,
    PRIMARY KEY (run, name, chunk)
) WITHOUT ROWID;
INSERT INTO "metric_chunks" VALUES(1,'discriminator_loss',0,X'0100020003000400050006000700080000000080C223F63F00000080FA22F63F00000000EE2AF63F000000806633F63F00000080DB42F63F000000C09021F63F000000202535F63F000000E0A729F63F');
INSERT INTO "metric_chunks" VALUES(1,'generator_loss',0,X'01000200030004000500060007000800000000C070B4E53F000000E08EA8E53F000000803F9FE53F000000C023B9E53F00000080A598E53F00000000DC9EE53F00000080FFAEE53F00000080CBB8E53F');
CREATE TABLE notebook_comments (
    notebook INTEGER NOT NULL REFERENCES notebooks (number),
    number INTEGER NOT NULL,
    cell TEXT NOT NULL,
    revision TEXT,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    member TEXT,
    time REAL NOT NULL,
    resolved REAL,
    resolver TEXT,
    PRIMARY KEY (notebook, number)
);
CREATE TABLE notebook_operations (
    notebook INTEGER NOT NULL REFERENCES notebooks (number),
    sequence INTEGER NOT NULL,
    client TEXT NOT NULL,
    counter INTEGER NOT NULL,
    author TEXT NOT NULL,
    member TEXT,
    time REAL NOT NULL,
    cell TEXT,
    base INTEGER,
    operation TEXT NOT NULL,
    result TEXT NOT NULL,
    source TEXT,
    PRIMARY KEY (notebook, sequence)
);
CREATE TABLE notebook_outputs (
    notebook INTEGER NOT NULL REFERENCES notebooks (number),
    cell TEXT NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    output TEXT NOT NULL REFERENCES objects (digest),
    shown REAL NOT NULL,
    PRIMARY KEY (notebook, cell)
) WITHOUT ROWID;
CREATE TABLE notebook_proofs (
    notebook INTEGER NOT NULL REFERENCES notebooks (number),
    number INTEGER NOT NULL,
    revision TEXT NOT NULL REFERENCES objects (digest),
    state TEXT NOT NULL,
    verdict TEXT,
    runs INTEGER,
    seed INTEGER NOT NULL,
    threads INTEGER,
    author TEXT NOT NULL,
    member TEXT,
    created REAL NOT NULL,
    finished REAL,
    content TEXT NOT NULL,
    PRIMARY KEY (notebook, number)
);
CREATE TABLE notebook_requests (
    notebook INTEGER NOT NULL REFERENCES notebooks (number),
    client TEXT NOT NULL,
    counter INTEGER NOT NULL,
    request_digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    time REAL NOT NULL,
    PRIMARY KEY (notebook, client, counter)
) WITHOUT ROWID;
CREATE TABLE notebook_revisions (
    notebook INTEGER NOT NULL REFERENCES notebooks (number),
    number INTEGER NOT NULL,
    digest TEXT NOT NULL REFERENCES objects (digest),
    text TEXT NOT NULL REFERENCES objects (digest),
    parent TEXT,
    sequence INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL,
    member TEXT,
    time REAL NOT NULL,
    PRIMARY KEY (notebook, number)
);
CREATE TABLE notebook_states (
    notebook INTEGER PRIMARY KEY REFERENCES notebooks (number),
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL
);
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
CREATE TABLE notebooks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    cells INTEGER NOT NULL,
    sequence INTEGER NOT NULL DEFAULT 0,
    pruned INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL,
    creator TEXT NOT NULL,
    changed REAL NOT NULL,
    changed_by TEXT NOT NULL,
    deleted REAL
);
CREATE TABLE objects (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE queue_changes (
    number INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    actor TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('queue', 'study', 'member')),
    target TEXT NOT NULL,
    change TEXT NOT NULL
);
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
CREATE TABLE run_history (
    run INTEGER NOT NULL REFERENCES runs (number),
    time REAL NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
, actor TEXT);
INSERT INTO "run_history" VALUES(1,1.7961047964838094711e+09,'queued','submitted','local');
INSERT INTO "run_history" VALUES(1,1.79610479654988169665e+09,'running','a worker with 2 threads','server');
INSERT INTO "run_history" VALUES(1,1.79610479774861860275e+09,'done','done','server');
CREATE TABLE run_labels (
    run INTEGER PRIMARY KEY REFERENCES runs (number),
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    tags TEXT NOT NULL,
    starred INTEGER NOT NULL
);
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
    damaged_events INTEGER NOT NULL DEFAULT 0, outcome TEXT, log_version INTEGER NOT NULL DEFAULT 1, unknown_events INTEGER NOT NULL DEFAULT 0, objective TEXT NOT NULL DEFAULT 'fid', place INTEGER NOT NULL DEFAULT 0, hold TEXT, submitter TEXT, executor TEXT, origin TEXT,
    UNIQUE (specification_digest, attempt)
);
INSERT INTO "runs" VALUES(1,'caf9865f2301-1','{"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"checkpoint_every":2,"dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"evaluation":{"encoder":"coordinates","every":4,"metrics":["fid"],"reference_split":"test","samples":256},"hyperparameters":{"beta1":0,"disc_iters":1,"discriminator_batchnorm":true,"learning_rate":5e-5},"model":"ns-gan","numerics":1,"sample_every":4,"seed":0,"steps":8}','caf9865f2301b09b23d7a78a677b2ae8f07c380d2b5b120b8d7edf359d71e9a3',1,'bf6aa2f9e273',0,0,'ns-gan','ring',0,8,'done','',0,0,NULL,NULL,NULL,1.7961047964838094711e+09,1.79610479654988169665e+09,1.79610479774861860275e+09,8,NULL,NULL,NULL,NULL,1.79610479774861860275e+09,2,'avx2','machine','0.1.0','6b195d48c4548ffa1a24e2fda79bc65d58b2a6bca01cea5262a44046c7446793',0,-1,5027,0,'done',2,0,'fid',1796104796483810536,NULL,'local',NULL,NULL);
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
INSERT INTO "samples" VALUES(1,0,'samples/step-00000000.png','a4fa5b716239bf53d4c9505994e574b2923f901c9bda1ff33810bd8037857885',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,4,'samples/step-00000004.png','79bdfa7fd1d1513b510aa427ae9989886ffd066c204d6d0b07ae4a7458ba9505',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,8,'samples/step-00000008.png','17be32be4ac0efcc949caf426dbbfcc76d8ea2d0f2d3bdb92a804f04008dd2b9',1,1,256,256,3);
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
INSERT INTO "scores" VALUES(1,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1,1.74869364949798100639e+00,4,1.74893178587657671663e+00,8);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL REFERENCES members (id),
    hash TEXT NOT NULL UNIQUE,
    next TEXT UNIQUE,
    next_issued REAL,
    previous TEXT UNIQUE,
    rotated REAL NOT NULL,
    created REAL NOT NULL,
    expires REAL NOT NULL,
    last_used REAL NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE shares (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('run', 'study', 'comparison', 'view', 'notebook')),
    target TEXT NOT NULL,
    digest TEXT NOT NULL,
    shown TEXT NOT NULL,
    note TEXT NOT NULL,
    member TEXT REFERENCES members (id),
    maker TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL NOT NULL,
    revoked REAL,
    uses INTEGER NOT NULL DEFAULT 0,
    last_used REAL,
    object TEXT REFERENCES objects (digest),
    view TEXT,
    rendered TEXT REFERENCES objects (digest)
) WITHOUT ROWID;
CREATE TABLE storage_identity (id TEXT NOT NULL);
INSERT INTO "storage_identity" VALUES('a95b197caf3a06c9');
CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    created REAL NOT NULL,
    finished REAL,
    cancelled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO "studies" VALUES('bf6aa2f9e273','bf6aa2f9e27304f095ef31190a844597c2119f3b6904e4f5bcc03470bdb88586','a study of schema 8','{"batch_size":16,"checkpoint_every":2,"dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"evaluation":{"encoder":"coordinates","every":4,"metrics":["fid"],"reference_split":"test","samples":256},"hyperparameters":{"ns-gan":{"beta1":0,"disc_iters":1,"discriminator_batchnorm":true,"learning_rate":5e-5}},"models":["ns-gan"],"name":"a study of schema 8","numerics":1,"protocol":{"kind":"single"},"sample_every":4,"seeds":[0],"steps":8,"width":0.0625}',1.79610479630773711202e+09,1.79610479774861860275e+09,0);
CREATE TABLE study_labels (
    study TEXT PRIMARY KEY REFERENCES studies (id),
    note TEXT NOT NULL,
    tags TEXT NOT NULL,
    starred INTEGER NOT NULL
) WITHOUT ROWID;
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
CREATE UNIQUE INDEX members_by_name ON members (name COLLATE NOCASE) WHERE removed IS NULL;
CREATE INDEX sessions_by_member ON sessions (member);
CREATE INDEX access_tokens_by_member ON access_tokens (member);
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
    BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE UNIQUE INDEX primary_scores ON scores (run, metric) WHERE is_primary;
CREATE INDEX evaluation_jobs_by_run ON evaluation_jobs (run);
CREATE INDEX evaluation_jobs_by_request ON evaluation_jobs (request_digest);
CREATE INDEX evaluation_jobs_by_state ON evaluation_jobs (state, priority, number);
CREATE UNIQUE INDEX attempts_open ON attempts (run) WHERE ended IS NULL;
CREATE UNIQUE INDEX attempts_open_evaluation ON attempts (evaluation) WHERE ended IS NULL;
CREATE INDEX notebook_operations_by_cell ON notebook_operations (notebook, cell, sequence);
CREATE INDEX notebook_requests_by_time ON notebook_requests (time);
CREATE UNIQUE INDEX notebook_revisions_by_digest ON notebook_revisions (notebook, digest);
CREATE INDEX notebook_proofs_open ON notebook_proofs (notebook, number) WHERE finished IS NULL;
CREATE INDEX runs_in_queue ON runs (place, number, study, submitter, executor, hold) WHERE state = 'queued';
CREATE INDEX evaluation_jobs_in_queue ON evaluation_jobs (place, number) WHERE state = 'queued';
CREATE INDEX queue_changes_by_target ON queue_changes (scope, target);
CREATE INDEX study_plans_by_digest ON study_plans (digest);
CREATE UNIQUE INDEX deletions_open ON deletions (kind, target) WHERE ended IS NULL;
CREATE INDEX checkpoints_by_weights ON checkpoints (weights) WHERE weights IS NOT NULL;
DELETE FROM "sqlite_sequence";
