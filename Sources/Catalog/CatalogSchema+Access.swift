extension CatalogSchema {
    /// Adds members, rotating sessions, members' tokens, share links, and an audit log that cannot be replaced.
    ///
    /// The single visitor of schema 1 becomes the owner and keeps the sessions. Links and the local token of schema 1 end: every start
    /// creates new ones.
    static let version2 = """
        CREATE TABLE members (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
            password TEXT,
            created REAL NOT NULL,
            joined REAL,
            removed REAL
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX members_by_name ON members (name COLLATE NOCASE) WHERE removed IS NULL;

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
        CREATE INDEX sessions_by_member ON sessions (member);

        INSERT INTO members (id, name, role, created, joined)
            SELECT lower(hex(randomblob(8))), 'owner', 'owner',
                (SELECT MIN(created) FROM access_tokens WHERE kind = 'session'),
                (SELECT MIN(created) FROM access_tokens WHERE kind = 'session')
            WHERE EXISTS (SELECT 1 FROM access_tokens WHERE kind = 'session');
        INSERT INTO sessions (id, member, hash, rotated, created, expires, last_used, address, agent)
            SELECT lower(hex(randomblob(8))), (SELECT id FROM members), hash, created, created,
                COALESCE(expires, created + 2592000), COALESCE(last_used, created), '', ''
            FROM access_tokens WHERE kind = 'session' AND revoked IS NULL;
        DROP TABLE access_tokens;

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
        CREATE INDEX access_tokens_by_member ON access_tokens (member);

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
        ) WITHOUT ROWID;

        ALTER TABLE audit ADD COLUMN member TEXT;
        ALTER TABLE audit ADD COLUMN via TEXT NOT NULL DEFAULT '';
        CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
            WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
            BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
        """
}
