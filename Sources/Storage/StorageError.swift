#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a storage folder cannot be used.
public enum StorageError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, problem: String)
    /// Another process has the storage open for writing.
    case inUse(path: String, process: Int32)

    /// The storage folder belongs to another catalog than the one that would be used.
    case catalogElsewhere(asked: String, path: String, host: String)

    /// A command would write where it must not.
    case notATarget(path: String, problem: String)

    /// Other machines could reach a server without an owner who can sign in.
    case noMembers(host: String)
    /// `--without-members` for an address that no other machine reaches.
    case membersNotNeeded(host: String)
    case badHost(String)
    case badProxy([String])

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let problem): "\(path): cannot be opened: \(problem)"
        case .noMembers(let host):
            """
            --host \(host): other machines could reach this server, and it has no owner who can sign in yet. Start it once without --host \
            and open the link that it prints, or type `fidelio member add NAME --role owner` and `fidelio member password NAME`; \
            --without-members listens all the same
            """
        case .membersNotNeeded(let host):
            "--without-members has no effect with --host \(host), which only this machine reaches: leave it out, or give the address that others reach"
        case .notATarget(let path, let problem): "\(path): nothing was written: \(problem)"
        case .catalogElsewhere(let asked, let path, let host):
            """
            the catalog of this storage folder is \(path) on \(host), and not \(asked): start the server there, or, with no server running, move the \
            file with its -wal and -shm to \(asked) and remove catalog.json from the folder
            """
        case .badHost(let text):
            "--host \(text): is neither an IPv4 address (192.0.2.7), an IPv6 address (::1), nor localhost; the port has an option of its own, --port"
        case .badProxy(let texts):
            "--trust-proxy \(texts.joined(separator: ", ")): give addresses (192.0.2.7), networks (10.0.0.0/8) or 'unix'"
        case .inUse(let path, let process):
            "\(path): is in use by process \(process); one storage folder belongs to one server at a time"
        }
    }
}

/// The operating system's message for the last failed call (`errno`).
package func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
