PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1178881103;
PRAGMA user_version = 6;
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
    ended REAL,
    CHECK ((run IS NULL) <> (evaluation IS NULL)),
    UNIQUE (run, number),
    UNIQUE (evaluation, number)
);
INSERT INTO "attempts" VALUES(1,NULL,1,'local','29602','node-1',2,'ended','the worker ended with exit code 0',1.79606417224996066091e+09,1.79606417227241325377e+09,1.79606417281661128997e+09);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
, member TEXT, via TEXT NOT NULL DEFAULT '');
INSERT INTO "audit" VALUES(1,1.79606417216660356516e+09,'local','','submit','run 7d468d27778b-1','',NULL,'');
CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (number),
    step INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    final INTEGER NOT NULL,
    time REAL NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "checkpoints" VALUES(1,10,'b792ebe9a703ea87d3a9d98b235efd57aba21ecbc835a584720147f3609f0846',67954,0,1796064172.714);
INSERT INTO "checkpoints" VALUES(1,20,'19b975b0ce7c7e767251aafe38939db6d75aea378083c7a7652264ba35a1bdcd',68117,1,1796064172.752);
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
CREATE TABLE evaluation_protocols (
    digest TEXT PRIMARY KEY,
    content TEXT,
    provenance TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "evaluation_protocols" VALUES('0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a','{"dataset":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","encoder":"coordinates","encoder_digest":"473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d","estimator":"frechet-1","latent_stream":"evaluation/latents","metric":"fid","numerics":1,"reference_samples":256,"reference_split":"test","samples":256}','{"program":"0.1.0","run":"7d468d27778b-1","source":"a worker"}');
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
INSERT INTO "evaluations" VALUES(1,20,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1.74796135012079845161e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test',NULL);
CREATE TABLE feature_extractors (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    provenance TEXT
) WITHOUT ROWID;
INSERT INTO "feature_extractors" VALUES('473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d','coordinates','{"coordinates":2,"encoder":"coordinates"}');
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
INSERT INTO "metric_chunks" VALUES(1,'discriminator_loss',0,X'010006000B001000140000000080650681BF00000000000000000000000000000000000000000000703D0000000000000000');
INSERT INTO "metric_chunks" VALUES(1,'generator_loss',0,X'010006000B00100000000020A619D1BE00000000DEC2E0BE00000080911FE1BE000000404423E1BE');
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
CREATE TABLE run_history (
    run INTEGER NOT NULL REFERENCES runs (number),
    time REAL NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
);
INSERT INTO "run_history" VALUES(1,1796064172.16613,'queued','submitted');
INSERT INTO "run_history" VALUES(1,1.79606417227241325377e+09,'running','a worker with 2 threads');
INSERT INTO "run_history" VALUES(1,1.79606417281661128997e+09,'done','done');
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
    damaged_events INTEGER NOT NULL DEFAULT 0, outcome TEXT, log_version INTEGER NOT NULL DEFAULT 1, unknown_events INTEGER NOT NULL DEFAULT 0, objective TEXT NOT NULL DEFAULT 'fid',
    UNIQUE (specification_digest, attempt)
);
INSERT INTO "runs" VALUES(1,'7d468d27778b-1','{"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"checkpoint_every":10,"dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"evaluation":{"encoder":"coordinates","every":20,"metrics":["fid"],"reference_split":"test","samples":256},"hyperparameters":{"beta1":0.5,"clipped":"all","disc_iters":5,"discriminator_batchnorm":true,"learning_rate":5e-5,"optimizer":"adam","weight_clipping":0.01},"model":"wgan","numerics":1,"sample_every":20,"seed":0,"steps":20}','7d468d27778bab7b84bed4682e9334101728eebf026b8661b81f35b37b28d230',1,NULL,NULL,NULL,'wgan','ring',0,20,'done','',0,0,NULL,NULL,NULL,1796064172.16613,1.79606417227241325377e+09,1.79606417281661128997e+09,20,NULL,NULL,NULL,NULL,1.79606417281661128997e+09,2,'avx512','node-1','0.1.0','19b975b0ce7c7e767251aafe38939db6d75aea378083c7a7652264ba35a1bdcd',0,-1,2987,0,'done',2,0,'fid');
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
INSERT INTO "samples" VALUES(1,20,'samples/step-00000020.png','a4fa5b716239bf53d4c9505994e574b2923f901c9bda1ff33810bd8037857885',1,1,256,256,3);
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
INSERT INTO "scores" VALUES(1,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1,1.74796135012079845161e+00,20,1.74796135012079845161e+00,20);
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
CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    created REAL NOT NULL,
    finished REAL,
    cancelled INTEGER NOT NULL DEFAULT 0
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
DELETE FROM "sqlite_sequence";
