/// Why a catalog cannot be opened or changed. When one of these is thrown, nothing has changed.
public enum CatalogError: Error, Equatable, Sendable {
    /// The folder has no catalog, and opening for reading does not create one.
    case missing(path: String)
    /// The file is a SQLite database of another program.
    case foreign(path: String)
    /// A newer Fidelio has migrated this database.
    case newer(path: String, schema: Int, known: Int)
    /// SQLite cannot read or write the file.
    case unusable(path: String, problem: String)
    /// The disk that holds the file is full. Reading still works.
    case diskFull(path: String)
    /// The file or its folder cannot be written: permissions, or a read-only mount. Reading still works.
    case readOnly(path: String, problem: String)
    /// The disk that holds the file reports errors of its own (I/O errors).
    case deviceFailure(path: String, problem: String)
    /// Pages of the file are corrupt. Nothing is written into it any more.
    case damaged(path: String, problem: String)
    /// A batch of events does not start where the last one ended.
    case staleOffset(run: String, expected: Int64, actual: Int64)
    /// There is no such row.
    case unknown(kind: String, id: String)
}

extension CatalogError: CustomStringConvertible {
    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): there is no catalog here yet; `fidelio serve` or `fidelio run` makes one"
        case .foreign(let path):
            "\(path): this is a SQLite database, but not a catalog of Fidelio"
        case .newer(let path, let schema, let known):
            "\(path): this catalog has schema \(schema), written by a newer Fidelio; this program knows schemas up to \(known)"
        case .unusable(let path, let problem):
            "\(path): the catalog cannot be used: \(problem)"
        case .diskFull(let path):
            "\(path): the disk is full; make room on the disk that holds it (df -h shows how much there is), then try again"
        case .readOnly(let path, let problem):
            "\(path): the catalog cannot be written (\(problem)): give the file and its folder to the user that runs Fidelio, and mount the disk "
                + "for writing"
        case .deviceFailure(let path, let problem):
            "\(path): the disk that holds the catalog reports errors (\(problem)); the system's log (dmesg) says more"
        case .damaged(let path, let problem):
            "\(path): the catalog is damaged (\(problem)), and nothing is written into it. Stop the server, keep a copy of the folder, and put "
                + "fidelio.sqlite of a backup in its place, or what `sqlite3 fidelio.sqlite .recover` saves of it; docs/operations.md, "
                + "\"A damaged catalog\", has the steps"
        case .staleOffset(let run, let expected, let actual):
            "run \(run): events from byte \(actual) were given, but byte \(expected) comes next"
        case .unknown(let kind, let id):
            "there is no \(kind) \(id)"
        }
    }
}
