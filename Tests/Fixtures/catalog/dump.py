"""Writes a catalog as the text of SQLite's own dump: python3 dump.py fidelio.sqlite > schema-N.sql

schema-2.sql is the catalog of the tests' finished study (FinishedStudy, models mm-gan, lsgan, wgan and vae), written by the program of schema 2.
schema-3-links.sql is the same, opened by the program of schema 3, which also pinned a link to one run.
schema-3-attempts.sql is the catalog of a run of 20 steps on ring, written by the program of schema 3, with its times and names of machines replaced, and a copy of
its row that is at work in its second attempt.
schema-4.sql is the catalog of a study of two runs of 20 steps on ring, one of them evaluated again, with a member and three links (a pinned run, a live study, a live
comparison), written by the program of schema 4, with times and names of machines replaced.
schema-5.sql is the catalog of one run of 20 steps on ring and of a notebook of two cells with their outputs, a comment, a named revision and a proof, written by the program of schema 5, with the
name of the machine replaced.
schema-6.sql is the catalog of a study of two runs of 4 steps on ring, one of them evaluated again, and the other queued once more with priority 1, written by the program of schema 6, with names of
machines and jobs replaced.
schema-6-rerun.sql is the catalog of a study of one run of 4 steps on ring and of its rerun, written by the program of schema 6, with the name of the machine replaced.
schema-6-checkpoints.sql is the catalog of one run of 20 steps on ring with two checkpoints, written by the program of schema 6, with the name of the machine replaced.
schema-7.sql is the catalog of one run of 20 steps on ring with a checkpoint every 5 steps and a best one at step 4, written by the program of schema 7, with the name of the machine replaced: the checkpoint of step 5 was deleted and removed for good, that of
step 10 is in the trash.
schema-8.sql is the catalog of a study of one run of 8 steps on ring with a checkpoint every 2 steps, written by the program of schema 8, with the name of the machine replaced: the checkpoint of step 2 was deleted and
removed for good, that of step 6 is in the trash.
"""
import sqlite3, sys

db = sqlite3.connect(sys.argv[1])
version = db.execute("PRAGMA user_version").fetchone()[0]
print("PRAGMA foreign_keys = OFF;\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;" % (0x4644_4C4F, version))
print("\n".join(line for line in db.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")))
