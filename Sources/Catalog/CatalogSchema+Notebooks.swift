extension CatalogSchema {
    /// Notebooks: a state now and then, every accepted operation, revisions, the outputs that are shown, comments, proofs.
    ///
    /// Saving adds a row to `notebook_operations` and one to `notebook_requests` and changes the few columns of `notebooks`, however long the document is.
    /// The document is the newest state with the operations after it. A revision of a cell is the sequence number of the operation that wrote its source.
    static let notebooksOfVersion5 = """
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
        CREATE TABLE notebook_states (
            notebook INTEGER PRIMARY KEY REFERENCES notebooks (number),
            sequence INTEGER NOT NULL,
            state TEXT NOT NULL
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
        CREATE INDEX notebook_operations_by_cell ON notebook_operations (notebook, cell, sequence);
        CREATE TABLE notebook_requests (
            notebook INTEGER NOT NULL REFERENCES notebooks (number),
            client TEXT NOT NULL,
            counter INTEGER NOT NULL,
            request_digest TEXT NOT NULL,
            answer TEXT NOT NULL,
            time REAL NOT NULL,
            PRIMARY KEY (notebook, client, counter)
        ) WITHOUT ROWID;
        CREATE INDEX notebook_requests_by_time ON notebook_requests (time);
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
        CREATE UNIQUE INDEX notebook_revisions_by_digest ON notebook_revisions (notebook, digest);
        CREATE TABLE notebook_outputs (
            notebook INTEGER NOT NULL REFERENCES notebooks (number),
            cell TEXT NOT NULL,
            key TEXT NOT NULL,
            source TEXT NOT NULL,
            output TEXT NOT NULL REFERENCES objects (digest),
            shown REAL NOT NULL,
            PRIMARY KEY (notebook, cell)
        ) WITHOUT ROWID;
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
        CREATE INDEX notebook_proofs_open ON notebook_proofs (notebook, number) WHERE finished IS NULL;
        """

    /// Links to a notebook's revision and to one view: the kinds of links were a closed list in the table. All links stay as they are.
    static let sharesOfVersion5 = """
        ALTER TABLE shares RENAME TO old_shares;
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
        INSERT INTO shares (id, hash, kind, target, digest, shown, note, member, maker, created, expires, revoked, uses, last_used, object, view, rendered)
            SELECT id, hash, kind, target, digest, shown, note, member, maker, created, expires, revoked, uses, last_used, object, view, rendered FROM old_shares;
        DROP TABLE old_shares;
        """
}
