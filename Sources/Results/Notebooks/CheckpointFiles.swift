import Archives
import Canonical
package import Catalog
package import Notebooks
package import Storage

/// Whether the files of checkpoints have the content that their digests name, and which tensor is the first that has not.
package struct CheckpointFiles: Sendable {
    private let storage: StorageFolder

    /// - Parameter storage: has the archives.
    package init(_ storage: StorageFolder) { self.storage = storage }

    /// Reads the archive of a checkpoint and notes in the run's proof whether it is intact, damaged, or missing.
    package func check(_ checkpoint: CheckpointRecord, _ proof: inout RunProof) {
        guard let path = try? storage.archive(checkpoint.digest), FileSystem.exists(path) else {
            proof.missing += 1
            return
        }
        do {
            let archive = try Archive.read(path)
            guard archive.digest.hex != checkpoint.digest else {
                proof.archives += 1
                return
            }
            proof.damages.append(RunProof.Damage(step: checkpoint.step, digest: checkpoint.digest, found: archive.digest.hex, tensors: Self.tensors(of: archive)))
        } catch {
            proof.damages.append(
                RunProof.Damage(step: checkpoint.step, digest: checkpoint.digest, problem: Self.sentence(error), tensor: error.member.map(Self.name)))
        }
    }

    /// The first tensor that two archives have with other elements, in the order of names; nil where one of them cannot be read, or where they differ in the manifest alone.
    package func firstTensor(_ original: String, _ repeated: String) -> (name: String, original: String?, repeated: String?)? {
        guard let a = try? tensors(original), let b = try? tensors(repeated) else { return nil }
        return Self.first(a, b)
    }

    /// The same for a damaged file, whose content was noted before the rerun wrote the right one in its place.
    package func firstTensor(_ damage: RunProof.Damage) -> (name: String, original: String?, repeated: String?)? {
        guard let right = try? tensors(damage.digest) else { return nil }
        if !damage.tensors.isEmpty { return Self.first(damage.tensors, right) }
        return damage.tensor.map { ($0, nil, right[$0]) }
    }

    private func tensors(_ digest: String) throws -> [String: String] { Self.tensors(of: try read(digest)) }

    func read(_ digest: String) throws -> Archive { try Archive.read(try storage.archive(digest)) }

    static func tensors(of archive: Archive) -> [String: String] {
        (archive.manifest["tensors"]?.objectValue ?? [:]).compactMapValues { $0["digest"]?.stringValue }
    }

    private static func first(_ a: [String: String], _ b: [String: String]) -> (name: String, original: String?, repeated: String?)? {
        Set(a.keys).union(b.keys).sorted().first { a[$0] != b[$0] }.map { ($0, a[$0], b[$0]) }
    }

    /// The member's name without the ending of arrays.
    private static func name(_ member: String) -> String { member.hasSuffix(".npy") ? String(member.dropLast(4)) : member }

    /// The error without the path of the storage.
    private static func sentence(_ error: ArchiveError) -> String {
        ArchiveError(member: error.member, offset: error.offset, error.problem).description
    }
}
