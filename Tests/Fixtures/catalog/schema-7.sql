PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1178881103;
PRAGMA user_version = 7;
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
INSERT INTO "attempts" VALUES(1,NULL,1,'local','5896','machine',2,'ended','the worker ended with exit code 0',1.79607538368976879118e+09,1.79607538371043395997e+09,1.79607554404571032524e+09);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
, member TEXT, via TEXT NOT NULL DEFAULT '');
INSERT INTO "audit" VALUES(1,1.79607538350472497939e+09,'local','','submit','run 717529a2e623-1','',NULL,'');
INSERT INTO "audit" VALUES(2,1.79607562943223905563e+09,'local','','delete','checkpoint 717529a2e623-1/5','checkpoint of run 717529a2e623-1 at step 5',NULL,'');
INSERT INTO "audit" VALUES(3,1.7960756374743409156e+09,'local','','delete','checkpoint 717529a2e623-1/10','checkpoint of run 717529a2e623-1 at step 10',NULL,'');
INSERT INTO "audit" VALUES(4,1.79607565876923847198e+09,'local','','remove','checkpoint 717529a2e623-1/5','checkpoint of run 717529a2e623-1 at step 5',NULL,'');
CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (number),
    step INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    final INTEGER NOT NULL,
    time REAL NOT NULL, removed REAL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "checkpoints" VALUES(1,4,'3ab201f269a2bf69c839ac18d37ccc076e35e53b5f2bdb9ff17fb608f530c8f6',11326549,0,1796075392.694,NULL);
INSERT INTO "checkpoints" VALUES(1,5,'ea80b38378a44f08aa25f901b9a97876a9292ef6500e6db627b1e4afc94fe601',11315950,0,1796075393.559,NULL);
INSERT INTO "checkpoints" VALUES(1,10,'2e8fcc8807bf63dbf5b1a898d63f96026231f176f5b6ed2229d7d7d42e4bbf5e',11320968,0,1796075398.569,NULL);
INSERT INTO "checkpoints" VALUES(1,15,'a79b7bd965ca977e955d8ebf04b06112a89de5136373505c2aa7ce620a0b3428',11318134,0,1796075401.656,NULL);
INSERT INTO "checkpoints" VALUES(1,20,'6dc7867ea9dfd09ac032f13f45cc0aa44e2018a76cddad63af9c2a65cfc3e463',11312588,1,1796075524.02,NULL);
CREATE TABLE deleted_checkpoints (
    run INTEGER NOT NULL REFERENCES runs (number),
    step INTEGER NOT NULL,
    deletion INTEGER NOT NULL REFERENCES deletions (number),
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "deleted_checkpoints" VALUES(1,5,1);
INSERT INTO "deleted_checkpoints" VALUES(1,10,2);
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
INSERT INTO "deletions" VALUES(1,'checkpoint','717529a2e623-1/5','checkpoint of run 717529a2e623-1 at step 5',11315950,'local',1.79607562921278285979e+09,1.79616202921278285981e+09,1.79607565832485198973e+09,'removed');
INSERT INTO "deletions" VALUES(2,'checkpoint','717529a2e623-1/10','checkpoint of run 717529a2e623-1 at step 10',11320968,'local',1.79607563715756130221e+09,1.79616203715756130214e+09,NULL,NULL);
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
INSERT INTO "evaluation_protocols" VALUES('4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed','{"dataset":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","encoder":"coordinates","encoder_digest":"473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d","estimator":"frechet-1","latent_stream":"evaluation/latents","metric":"fid","numerics":1,"reference_samples":10000,"reference_split":"test","samples":10000}','{"program":"0.1.0","run":"717529a2e623-1","source":"a worker"}');
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
INSERT INTO "evaluations" VALUES(1,2,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.68152505672747709652e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,4,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.58802869163072379876e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,6,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.59609066450091896527e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,8,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.59315038992756718982e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,10,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.5653767252420611733e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,12,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.6348843735034970237e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,14,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.56892295054206409865e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,16,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.56024969261510793039e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,18,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.55188513642536562997e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
INSERT INTO "evaluations" VALUES(1,20,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1.37631531139722396162e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',10000,'test',NULL);
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
INSERT INTO "metric_chunks" VALUES(1,'discriminator_loss',0,X'0100020003000400050006000700080009000A000B000C000D000E000F0010001100120013001400000000009BA4F63F000000C0E974F63F00000020570BF63F0000006060F1F53F00000060F0D4F53F00000020D39AF53F000000C0BDC1F53F0000004035CBF53F000000C02A69F53F00000080F690F53F00000000F75EF53F000000C0441EF53F000000A0A0B5F43F000000802107F53F000000400698F43F000000000784F43F000000609953F43F00000000F6DAF43F00000020971BF43F00000080964AF43F');
INSERT INTO "metric_chunks" VALUES(1,'generator_loss',0,X'0100020003000400050006000700080009000A000B000C000D000E000F001000110012001300140000000080717DEA3F000000C0534CEA3F00000040865FEA3F00000080143BEA3F000000008BB5E93F000000C0AAF7E93F000000804F7AE93F0000006058CBE93F00000000A392E93F00000020ED19E93F00000080FC11E93F00000020C51BE93F0000002039FAE83F000000404D2EE93F000000A0583CE93F000000409A1BE93F00000080AECEE83F000000C0E7BCE83F0000004005BDE83F00000020A092E83F');
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
INSERT INTO "run_history" VALUES(1,1.79607538350384902956e+09,'queued','submitted','local');
INSERT INTO "run_history" VALUES(1,1.79607538371043395997e+09,'running','a worker with 2 threads','server');
INSERT INTO "run_history" VALUES(1,1.79607554404571032524e+09,'done','done','server');
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
INSERT INTO "runs" VALUES(1,'717529a2e623-1','{"architecture":{"name":"mlp","width":1},"batch_size":64,"checkpoint_every":5,"dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"evaluation":{"encoder":"coordinates","every":2,"metrics":["fid"],"reference_split":"test","samples":10000},"hyperparameters":{"beta1":0,"disc_iters":1,"discriminator_batchnorm":true,"learning_rate":5e-5},"model":"ns-gan","numerics":1,"sample_every":20,"seed":1,"steps":20}','717529a2e6239007026e05def8ebbd6662ab0b1380a235d525d0bd4407e65ec3',1,NULL,NULL,NULL,'ns-gan','ring',1,20,'done','',0,0,NULL,NULL,NULL,1.79607538350384902956e+09,1.79607538371043395997e+09,1.79607554404571032524e+09,20,NULL,NULL,NULL,NULL,1.79607553508178424835e+09,2,'avx512','machine','0.1.0','6dc7867ea9dfd09ac032f13f45cc0aa44e2018a76cddad63af9c2a65cfc3e463',0,-1,10102,0,'done',2,0,'fid',1796075383503849960,NULL,'local',NULL,NULL);
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
INSERT INTO "samples" VALUES(1,0,'samples/step-00000000.png','0e68da4e7bef611b94b0bb0a1ded8dd649eef8d13b62fe0d18aa9a6248abb568',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,20,'samples/step-00000020.png','64c849428253dbc3c484fdaa4e52ae762fe937b996204d61066499907a238484',1,1,256,256,3);
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
INSERT INTO "scores" VALUES(1,'fid','4f6d8316b57a73b6063062a64c699132bf3fe971c7739e9adf6b2267dabbe9ed',1,1.37631531139722396162e+00,20,1.37631531139722396162e+00,20);
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
INSERT INTO "storage_identity" VALUES('d665e28be1a12e6a');
CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    created REAL NOT NULL,
    finished REAL,
    cancelled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
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
DELETE FROM "sqlite_sequence";
