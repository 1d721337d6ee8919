"""Writes schema-1.sql: a catalog as the program of schema 1 left it, as the text of SQLite's own dump.

Run once, when schema 1 was current: python3 make-schema-1.py ../../../Sources/Catalog/CatalogSchema.swift > schema-1.sql
"""
import re, sqlite3, sys

source = open(sys.argv[1]).read()
schema = re.search(r'version1 = """\n(.*?)\n +"""', source, re.S).group(1)
db = sqlite3.connect(":memory:")
db.executescript(schema)
# The table in which GRDB keeps the names of migrations that were made.
db.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
db.execute("INSERT INTO grdb_migrations VALUES ('v1')")
plan = '{"dataset":{"digest":"' + "d" * 64 + '","name":"polygons"},"name":"old"}'
db.execute("INSERT INTO studies VALUES ('aaaaaaaaaaaa', ?, 'an old study', ?, 100.5, 400.25, 0)", ("a" * 64, plan))
for number, (state, seed) in enumerate([("done", 7), ("failed", 8)], 1):
    digest = str(number) * 64
    db.execute(
        "INSERT INTO runs (number, id, specification, specification_digest, attempt, study, position, setting, model, dataset, seed, steps, "
        "state, message, created, started, finished, step, threads, kernels, host, program, final_digest, events_offset) "
        "VALUES (?, ?, ?, ?, 1, 'aaaaaaaaaaaa', ?, 0, 'ns-gan', 'polygons', ?, 40, ?, '', 101, 102, 300, 40, 2, 'avx2', 'old-host', '0.1.0', ?, 900)",
        (number, digest[:12] + "-1", '{"hyperparameters":{"beta1":0.5},"seed":%d}' % seed, digest, number - 1, seed, state, "f" * 64))
db.execute("INSERT INTO run_history VALUES (1, 101, 'queued', 'submitted')")
db.execute("INSERT INTO evaluations VALUES (1, 40, 'fid', 31.5, 'p', 'lenet', ?, 2000, 'test')", ("e" * 64,))
db.execute("INSERT INTO scores VALUES (1, 'fid', 31.5, 40, 31.5, 40)")
db.execute("INSERT INTO samples VALUES (1, 40, 'samples/40.png', ?, 8, 8, 28, 28, 1)", ("b" * 64,))
db.execute("INSERT INTO checkpoints VALUES (1, 40, ?, 12345, 1, 299.5)", ("f" * 64,))
db.execute("INSERT INTO idempotency_keys VALUES ('k', 'runs', 'r', '111111111111-1', 101)")
db.execute("INSERT INTO access_tokens VALUES (?, 'bearer', 'local', 'owner', 100, NULL, NULL, NULL)", ("c" * 64,))
db.execute("INSERT INTO audit VALUES (1, 101, 'owner', '127.0.0.1', 'submit', 'study aaaaaaaaaaaa', '2 runs')")
db.commit()
print("PRAGMA foreign_keys = OFF;\nPRAGMA application_id = %d;\nPRAGMA user_version = 1;" % 0x4644_4C4F)
print("\n".join(line for line in db.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")))
