/// Why a storage folder cannot be used.
public enum StorageError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, problem: String)
    /// Another process has the storage open for writing.
    case inUse(path: String, process: Int32)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let problem): "\(path): cannot be opened: \(problem)"
        case .inUse(let path, let process):
            "\(path): is in use by process \(process); one storage folder belongs to one server at a time"
        }
    }
}
