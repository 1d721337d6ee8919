import Archives
import Canonical

/// An untrusted bundle, opened: its manifest describes exactly the files that it has. What is read from it is compared with its digest; memory stays bounded.
package struct BundleFile: Sendable {
    /// The path of the file.
    package let path: String
    /// SHA-256 of `bundle.json`.
    package let digest: String
    package let manifest: BundleManifest
    /// The uncompressed bytes of all files.
    package let bytes: Int
    private let file: ZipFile
    /// The names below each folder, sorted.
    private let folders: [String: [String]]

    /// The most that a bundle of some size may hold uncompressed: text with many repeated words shrinks to a hundredth.
    private static func limit(ofSize size: Int) -> Int { min(1 << 46, size.multipliedReportingOverflow(by: 200).overflow ? 1 << 46 : size * 200 + 1 << 20) }

    /// Opens a bundle and reads its manifest.
    /// - Errors: `BundleError`
    package init(_ path: String) throws {
        self.path = path
        do {
            guard FileSystem.exists(path) else { throw BundleError(path, "there is no such file") }
            file = try ZipFile(path, most: BundleManifest.mostFiles, limit: BundleFile.limit(ofSize: FileSystem.size(of: path)))
            for name in file.members.keys.sorted() {
                if let problem = BundleName.problem(name) { throw BundleError(path, "member \(name.prefix(80).debugDescription): it has \(problem), and no bundle does") }
            }
            let folded = Dictionary(grouping: file.members.keys) { $0.lowercased() }
            if let alike = folded.values.first(where: { $0.count > 1 })?.sorted() { throw BundleError(path, "members \(alike[0]) and \(alike[1]) would be one file on some disks") }
            guard let head = file.members[BundleManifest.name] else { throw BundleError(path, "it has no \(BundleManifest.name): it is not a Fidelio bundle") }
            let text = try BundleFile.content(of: head, in: file, limit: BundleManifest.longest, path)
            do {
                manifest = try BundleManifest(reading: JSONValue(parsing: text))
            } catch {
                throw BundleError(path, "\(BundleManifest.name): \(error)")
            }
            digest = Digest.sha256(text).hex
            try BundleFile.check(manifest, against: file, path)
            bytes = manifest.files.values.reduce(0) { $0 + $1.bytes }
            var folders: [String: [String]] = [:]
            for name in manifest.files.keys.sorted() {
                let parts = name.split(separator: "/")
                for depth in 1..<max(1, min(3, parts.count)) { folders[parts[..<depth].joined(separator: "/"), default: []].append(name) }
            }
            self.folders = folders
        } catch let error as ArchiveError {
            throw BundleError(path, error.reasonAlone)
        } catch let error as FileError {
            throw BundleError(path, error.reason)
        }
    }

    private static func check(_ manifest: BundleManifest, against file: ZipFile, _ path: String) throws(BundleError) {
        for name in manifest.files.keys.sorted() {
            guard let member = file.members[name], name != BundleManifest.name else { throw BundleError(path, "\(BundleManifest.name) lists \(name.prefix(80).debugDescription), which the bundle does not have") }
            let told = manifest.files[name]?.bytes ?? 0
            guard member.size == told else { throw BundleError(path, "\(name) has \(member.size) bytes; \(BundleManifest.name) says \(told)") }
        }
        for name in file.members.keys.sorted() where name != BundleManifest.name && manifest.files[name] == nil {
            throw BundleError(path, "it has the member \(name), which \(BundleManifest.name) does not list")
        }
        for name in manifest.files.keys.sorted() where !isKnown(name) { throw BundleError(path, "\(name) is not a file that bundles of this version have") }
    }

    private static func isKnown(_ name: String) -> Bool {
        let parts = name.split(separator: "/").map(String.init)
        switch parts.first {
        case "README.md", "index.html", "plan.json", "study.json": return parts.count == 1
        case "report": return parts.count == 2
        case "notebook": return parts.count == 2
        case "checkpoints": return parts.count == 2 && name.hasSuffix(".npz")
        case "protocols", "extractors": return parts.count == 2 && name.hasSuffix(".json")
        case "runs": return parts.count == 3 && ["run.json", "specification.json", "events.ndjson"].contains(parts[2]) || parts.count > 3 && name.hasSuffix(".png")
        case "evaluations": return parts.count == 3 && ["evaluation-job.json", "evaluation.json", "events.ndjson"].contains(parts[2])
        default: return false
        }
    }

    /// Whether the bundle has a file.
    package func has(_ name: String) -> Bool { manifest.files[name] != nil }

    /// The names below a folder of the first or second level, sorted.
    package func names(in folder: String) -> [String] { folders[folder] ?? [] }

    /// A file, compared with its digest.
    /// - Errors: `BundleError`; also if it is larger than `limit`
    package func content(of name: String, limit: Int) throws -> [UInt8] {
        guard let member = file.members[name], let told = manifest.files[name] else { throw BundleError(path, "\(name) is missing") }
        let bytes = try BundleFile.content(of: member, in: file, limit: limit, path)
        guard Digest.sha256(bytes).hex == told.digest else { throw differs(name) }
        return bytes
    }

    private static func content(of member: ZipFile.Member, in file: ZipFile, limit: Int, _ path: String) throws -> [UInt8] {
        guard member.size <= limit else { throw BundleError(path, "\(member.name) has \(member.size) bytes; at most \(limit) are allowed") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(member.size)
        do { try file.read(member) { bytes += $0 } } catch let error as ArchiveError { throw BundleError(path, error.reasonAlone) }
        return bytes
    }

    /// Reads a file and compares it with its digest.
    /// - Errors: `BundleError`
    package func check(_ name: String) throws { try read(name) { _ in } }

    /// Writes a file to a new path and waits for the disk.
    /// - Errors: `BundleError` where it has another digest: what was written is then removed; `FileError`
    package func extract(_ name: String, to target: String) throws {
        let writer = try FileWriter(target, mode: 0o600)
        do {
            try read(name) { try writer.append($0) }
            try writer.finish()
        } catch {
            try? FileSystem.remove(target)
            throw error
        }
    }

    private func read(_ name: String, _ body: ([UInt8]) throws -> Void) throws {
        guard let member = file.members[name], let told = manifest.files[name] else { throw BundleError(path, "\(name) is missing") }
        var builder = Digest.Builder()
        do {
            try file.read(member) {
                builder.update($0)
                try body($0)
            }
        } catch let error as ArchiveError {
            throw BundleError(path, error.reasonAlone)
        }
        guard builder.finish().hex == told.digest else { throw differs(name) }
    }

    private func differs(_ name: String) -> BundleError { BundleError(path, "\(name) does not have the SHA-256 that \(BundleManifest.name) gives it") }
}

extension ArchiveError {
    /// The sentence without the path of the file, which whoever reports it names.
    fileprivate var reasonAlone: String {
        if case .file(let error) = problem { return error.reason }
        return "\(ArchiveError(file: "the archive", member: member, offset: offset, problem))"
    }
}
