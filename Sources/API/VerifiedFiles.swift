import Access
import Canonical
import HTTPServer
import Synchronization

/// Files that are served by their digest. A file is compared with a digest when it is first asked for under it after a start, and again when its size,
/// times or inode have changed. One file is read at a time, off the cooperative pool; guests have a share of the places only.
final class VerifiedFiles: Sendable {
    /// A file under the digest that it was compared with: the same path can be asked for under another digest, for example a sample grid that a resumed
    /// run has overwritten, for readers of a link that pinned the earlier one.
    private struct Comparison: Hashable {
        let path: String
        let digest: String
    }

    /// Comparisons that are remembered; all are forgotten when there are more.
    static let mostKnown = 100_000

    private let queue: WorkQueue
    private let known = Mutex<[Comparison: FileSystem.Version]>([:])

    init(_ limits: WorkQueue.Limits = .init(lanes: 1, lanesOfOne: 1, places: 64, placesOfOne: 48, placesOfGuests: 16, time: .seconds(600))) {
        queue = WorkQueue("verified files", limits)
    }

    /// Files that are being read or wait for it.
    var count: Int { queue.count }

    /// Returns if the file at `path` has the content that it should have.
    /// - Parameters:
    ///   - digest: The digest of that content.
    ///   - asker: Who waits for it; by default the visitor whose request is being answered.
    ///   - problem: Reads the file and returns what is wrong with it, or nil.
    /// - Throws: `damaged` with the problem if the content differs; 503 `overloaded`; `CancellationError`. A missing file passes: serving it answers 404.
    func check(
        _ path: String, has digest: String, for asker: WorkQueue.Asker = WorkQueue.Asker(Visitor.current), or damaged: @Sendable (String) -> ServerError,
        problem: @escaping @Sendable () -> String?
    ) async throws {
        if let found = try await self.problem(of: path, under: digest, for: asker, reading: problem) { throw damaged(found) }
    }

    /// As `check`, but returns the problem.
    func problem(
        of path: String, under digest: String, for asker: WorkQueue.Asker = WorkQueue.Asker(Visitor.current), reading problem: @escaping @Sendable () -> String?
    ) async throws -> String? {
        let comparison = Comparison(path: path, digest: digest)
        guard let version = FileSystem.version(of: path), known.withLock({ $0[comparison] }) != version else { return nil }
        return try await queue.perform(for: asker, isLimited: false) { [self] () -> String? in
            // An earlier request in the queue may have read it.
            let version = FileSystem.version(of: path)
            if version != nil, known.withLock({ $0[comparison] }) == version { return nil }
            let found = problem()
            // Only a file that did not change while it was read is remembered.
            if found == nil, let version, FileSystem.version(of: path) == version { keep(comparison, version) }
            return found
        }
    }

    private func keep(_ comparison: Comparison, _ version: FileSystem.Version) {
        known.withLock { known in
            if known.count >= VerifiedFiles.mostKnown { known = [:] }
            known[comparison] = version
        }
    }
}
