PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1178881103;
PRAGMA user_version = 3;
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
INSERT INTO "attempts" VALUES(1,1,'local','4711','node-1',2,'ended','the worker ended with exit code 0',1000.0,1001.0,1003.0);
INSERT INTO "attempts" VALUES(2,1,'local','4712','node-1',2,'lost','the worker is gone',1004.0,1005.0,1005.0);
INSERT INTO "attempts" VALUES(2,2,'local','4713','node-1',2,'running','',1005.0,1005.0,NULL);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
, member TEXT, via TEXT NOT NULL DEFAULT '');
INSERT INTO "audit" VALUES(1,1.79597907879522037505e+09,'local','','submit','run a0ed312966ef-1','',NULL,'');
CREATE TABLE checkpoints (
    run INTEGER NOT NULL REFERENCES runs (number),
    step INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    final INTEGER NOT NULL,
    time REAL NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "checkpoints" VALUES(1,10,'abc27eb0f12f03dae0d0f2a5fb47aa5e58f0605daa1316de13e85bb44f432e02',71605,0,1002.0);
INSERT INTO "checkpoints" VALUES(1,20,'8483f5d01b9d4530adf79069556839ee48a3132d844d7ac9c48b3e74b5bd360f',71712,1,1002.0);
CREATE TABLE evaluation_protocols (
    digest TEXT PRIMARY KEY,
    content TEXT,
    provenance TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "evaluation_protocols" VALUES('0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a','{"dataset":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","encoder":"coordinates","encoder_digest":"473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d","estimator":"frechet-1","latent_stream":"evaluation/latents","metric":"fid","numerics":1,"reference_samples":256,"reference_split":"test","samples":256}','{"program":"0.1.0","run":"a0ed312966ef-1","source":"a worker"}');
INSERT INTO "evaluation_protocols" VALUES('b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89','{"dataset":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","encoder":"coordinates","encoder_digest":"473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d","estimator":"mode-coverage-1","latent_stream":"evaluation/latents","metric":"modes","numerics":1,"options":{"radius":3,"samples":256},"reference_samples":256,"reference_split":"test","samples":256}','{"program":"0.1.0","run":"a0ed312966ef-1","source":"a worker"}');
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
INSERT INTO "evaluations" VALUES(1,10,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1.74821375813997814674e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,10,'modes','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',0.0,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,10,'modes_divergence','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',8.23351398488714858459e-01,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,10,'modes_high_quality','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',0.0,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,20,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1.74641980366513571709e+00,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,20,'modes','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',0.0,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,20,'modes_divergence','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',8.23658793405184885827e-01,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
INSERT INTO "evaluations" VALUES(1,20,'modes_high_quality','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',0.0,NULL,'coordinates','473897afb8bea8b1efb2c4c79299c4b59b9056dc318852e373d4f5c8adee588d',256,'test');
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
INSERT INTO "metric_chunks" VALUES(1,'discriminator_loss',0,X'0100020003000400050006000700080009000A000B000C000D000E000F001000110012001300140000000080C223F63F00000080FA22F63F00000000EE2AF63F000000806633F63F00000080DB42F63F000000C09021F63F000000202535F63F000000E0A729F63F00000040E724F63F00000020E91CF63F00000080C715F63F00000000E436F63F000000404F2CF63F00000080DC1EF63F000000804B33F63F00000020253EF63F000000000311F63F000000C0E527F63F00000040413BF63F00000040FF2AF63F');
INSERT INTO "metric_chunks" VALUES(1,'generator_loss',0,X'0100020003000400050006000700080009000A000B000C000D000E000F0010001100120013001400000000C070B4E53F000000E08EA8E53F000000803F9FE53F000000C023B9E53F00000080A598E53F00000000DC9EE53F00000080FFAEE53F00000080CBB8E53F000000405BABE53F000000A0CCB1E53F0000004062C4E53F000000C06197E53F0000008096B1E53F000000C038ADE53F00000040DC98E53F000000A0979DE53F000000E03BBBE53F000000409BABE53F000000002D92E53F000000A09EC1E53F');
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
INSERT INTO "run_history" VALUES(1,1000.0,'queued','submitted');
INSERT INTO "run_history" VALUES(1,1000.0,'running','a worker with 2 threads');
INSERT INTO "run_history" VALUES(1,1000.0,'done','done');
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
    damaged_events INTEGER NOT NULL DEFAULT 0, outcome TEXT, log_version INTEGER NOT NULL DEFAULT 1, unknown_events INTEGER NOT NULL DEFAULT 0,
    UNIQUE (specification_digest, attempt)
);
INSERT INTO "runs" VALUES(1,'a0ed312966ef-1','{"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"checkpoint_every":10,"dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"evaluation":{"encoder":"coordinates","every":10,"metrics":["fid","modes"],"options":{"modes":{"samples":256}},"reference_split":"test","samples":256},"hyperparameters":{"beta1":0,"disc_iters":1,"discriminator_batchnorm":true,"learning_rate":5e-5},"model":"ns-gan","numerics":1,"sample_every":1,"seed":0,"steps":20}','a0ed312966effd6474f0f5837f97f6c2f0862f6f137024e4863d6f64389d8c6f',1,NULL,NULL,NULL,'ns-gan','ring',0,20,'done','',0,0,NULL,NULL,NULL,999.0,1001.0,1003.0,20,NULL,NULL,NULL,NULL,1003.0,2,'avx512','node-1','0.1.0','8483f5d01b9d4530adf79069556839ee48a3132d844d7ac9c48b3e74b5bd360f',0,-1,12510,0,'done',2,0);
INSERT INTO "runs" VALUES(2,'a0ed312966ef-2','{"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"checkpoint_every":10,"dataset":{"digest":"e7b6747097e2e3a6c146593686ad6129510f9bb874cd1b125d69c6a6d6fe6128","name":"ring"},"evaluation":{"encoder":"coordinates","every":10,"metrics":["fid","modes"],"options":{"modes":{"samples":256}},"reference_split":"test","samples":256},"hyperparameters":{"beta1":0,"disc_iters":1,"discriminator_batchnorm":true,"learning_rate":5e-5},"model":"ns-gan","numerics":1,"sample_every":1,"seed":0,"steps":20}','a0ed312966effd6474f0f5837f97f6c2f0862f6f137024e4863d6f64389d8c6f',2,NULL,NULL,NULL,'ns-gan','ring',0,20,'running','',0,0,NULL,NULL,NULL,1004.0,1005.0,NULL,3,NULL,NULL,'training',NULL,1006.0,2,'avx512','node-1','0.1.0',NULL,1,-1,0,0,NULL,2,0);
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
INSERT INTO "samples" VALUES(1,1,'samples/step-00000001.png','75d9a202e902b3bcb5ae81ed2594d549521175a75154063eb4d6acb66fbbecce',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,2,'samples/step-00000002.png','f336aa4776f83df86999a6c848f43250f41679e6639826f08f63f17dbe9152c7',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,3,'samples/step-00000003.png','8b6e5e67d1dd05f6d3ef91d5687b5c44d2386b6fbc473032321b5834adb32bd9',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,4,'samples/step-00000004.png','79bdfa7fd1d1513b510aa427ae9989886ffd066c204d6d0b07ae4a7458ba9505',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,5,'samples/step-00000005.png','a8c539048aa62d3d7afdc1f621269c55c4a8af12979ac6eae5045f94065d74a3',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,6,'samples/step-00000006.png','daccaddd5308be7d82803fab34b595877ba36f3e761c92e3a053cf55e6932e0c',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,7,'samples/step-00000007.png','0c8b55c0831e38d4421e1a393a13d18bc732ff0182426c7d498bb6276a23f721',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,8,'samples/step-00000008.png','17be32be4ac0efcc949caf426dbbfcc76d8ea2d0f2d3bdb92a804f04008dd2b9',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,9,'samples/step-00000009.png','0320a0c51b1fc8bffc35665d97d3577473cf8e1f20c2d935b803db79826a91d6',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,10,'samples/step-00000010.png','207cf385e1821599a0148ce1339b9ed75f9c1ed6984dd2f36edc943b02fbf869',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,11,'samples/step-00000011.png','3f70c8483e44b42d33cb81c9afd48b3495769008f1a78c3952a87aef4825b345',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,12,'samples/step-00000012.png','e3b666d1e00e15b49e5a365c87f567531dc9ea484a469d01ae4c7046bae7ec05',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,13,'samples/step-00000013.png','a6760f307a1b1030d820ce023c324e99287f8586259ac31d7de09e8d3fe5b1ee',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,14,'samples/step-00000014.png','319b7db5f53b0e22173b643e070d68459a5b06a727e28963be87ef940be47f6d',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,15,'samples/step-00000015.png','b34f6e7b6280179fe7bb4a744eb9dbf743a15198b8548a1f6c2c28fad19a9cae',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,16,'samples/step-00000016.png','7ccc8703df4d8a22264306ab11bcb195441ed4d61f0867d3267af726fec59d2c',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,17,'samples/step-00000017.png','ea212f0e139ae6d198d27cf6f25a3650e30318f900ca2d00d094174ed50c37b4',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,18,'samples/step-00000018.png','bffe0297fb69247ddce6cf8457860582e9b3d5cf3bc67be32cc8ac561427a1a0',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,19,'samples/step-00000019.png','bfb0048a04c6342a8acf16bc9fdd9536b92cc4d23314cc51c688e1f78ac2a02f',1,1,256,256,3);
INSERT INTO "samples" VALUES(1,20,'samples/step-00000020.png','2f91de9324c683ae641b578eef9d6728b80fee606148e6759a73e28dd1ee0f49',1,1,256,256,3);
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
INSERT INTO "scores" VALUES(1,'fid','0d1f4c78fc4529f5dbb47fe08aef1ed6f15c4f5ed893de3373c51a2948c0e97a',1,1.74641980366513571709e+00,20,1.74641980366513571709e+00,20);
INSERT INTO "scores" VALUES(1,'modes','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',1,0.0,10,0.0,20);
INSERT INTO "scores" VALUES(1,'modes_divergence','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',1,8.23351398488714858459e-01,10,8.23658793405184885827e-01,20);
INSERT INTO "scores" VALUES(1,'modes_high_quality','b93ba580ba0d23abef04d06e2698b56154a2ef8b3c16ad7f5edcc5735140ab89',1,0.0,10,0.0,20);
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
    kind TEXT NOT NULL CHECK (kind IN ('run', 'study', 'comparison')),
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
    last_used REAL
, object TEXT REFERENCES objects (digest)) WITHOUT ROWID;
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
CREATE UNIQUE INDEX members_by_name ON members (name COLLATE NOCASE) WHERE removed IS NULL;
CREATE INDEX sessions_by_member ON sessions (member);
CREATE INDEX access_tokens_by_member ON access_tokens (member);
CREATE UNIQUE INDEX primary_scores ON scores (run, metric) WHERE is_primary;
CREATE UNIQUE INDEX attempts_open ON attempts (run) WHERE ended IS NULL;
CREATE TRIGGER audit_is_never_edited BEFORE UPDATE ON audit
    BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
    BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
