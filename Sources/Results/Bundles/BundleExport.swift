import Archives
import Canonical
package import Catalog
import Codecs
import Figures
package import Storage
package import Studies
import Training
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID

/// Gathers a run, a study, or a notebook with the runs that it cites, and writes it as one zip file. The same content gives the same bytes: nothing in a bundle tells
/// when, where or under which name it was written.
package struct BundleExport: Sendable {
    /// What is written.
    package enum Subject: Sendable {
        case run(String)
        case study(String)
        /// - runs: those that its cells cite
        case notebook(id: String, title: String, text: [UInt8], page: [UInt8], runs: [String])
    }

    /// Where the bytes of a file come from.
    private enum Source {
        case bytes([UInt8])
        /// The first bytes of a file of the storage.
        case file(String, bytes: Int)
    }

    /// What was written.
    package struct Report: Sendable {
        /// The bundle's digest.
        package var digest: String
        /// Files in it.
        package var files: Int
        /// Its size.
        package var bytes: Int
        package var manifest: BundleManifest
        /// Checkpoints of its runs that were deleted on purpose, and are in no bundle.
        package var deleted: Int
    }

    private var sources: [String: Source] = [:]
    private var manifest: BundleManifest
    private let storage: StorageFolder
    private var deleted = 0
    /// Text is deflated in memory; what is larger is stored as it is.
    private static let largestText = 64 << 20

    /// Gathers the files. Those of the storage are read by `write`.
    /// - Errors: `BundleError` where something has not ended or is missing; those of the catalog
    package init(_ subject: Subject, checkpoints: BundledCheckpoints, storage: StorageFolder, models: [ModelSchema], _ reader: CatalogReader) throws {
        self.storage = storage
        var page: BundlePage
        switch subject {
        case .run(let id):
            let run = try reader.requiredRun(id)
            manifest = BundleManifest(
                kind: .run, subject: id, title: "\(run.model) on \(run.dataset), seed \(run.seed)", checkpoints: checkpoints, runs: [id], evaluations: [], files: [:])
            try add([run], study: nil, reader)
            page = try BundlePage(ofRun: run, storage: storage, reader)
        case .study(let id):
            guard let study = try reader.study(id) else { throw ResultsError.unknownStudy(id) }
            let runs = try reader.runs(ofStudy: id)
            manifest = BundleManifest(kind: .study, subject: id, title: study.name, checkpoints: checkpoints, runs: runs.map(\.id), evaluations: [], files: [:])
            try add(study)
            try add(runs, study: id, reader)
            page = try BundlePage(of: study, runs: runs, storage: storage, models: models, reader)
        case .notebook(let id, let title, let text, let rendered, let ids):
            let runs = try ids.map { try reader.requiredRun($0) }
            manifest = BundleManifest(kind: .notebook, subject: id, title: title, checkpoints: checkpoints, runs: ids, evaluations: [], files: [:])
            sources["notebook/notebook.md"] = .bytes(text)
            try add(runs, study: nil, reader)
            page = BundlePage(title: title)
            page.whole = rendered
        }
        for (name, bytes) in page.files { sources["report/\(name)"] = .bytes(bytes) }
        sources["index.html"] = .bytes(page.html(of: manifest))
        sources["README.md"] = .bytes(Array(BundlePage.readme(of: manifest, deleted: deleted).utf8))
    }

    private mutating func add(_ study: StudyRecord) throws {
        sources["plan.json"] = .bytes(Array(study.plan.utf8))
        let facts: [String: JSONValue] = [
            "id": .string(study.id), "name": .string(study.name), "created": .number(study.created), "finished": .optional(study.finished), "cancelled": .bool(study.cancelled),
        ]
        sources["study.json"] = .bytes(JSONValue.object(facts.filter { $0.value != .null }).canonicalBytes)
    }

    private mutating func add(_ runs: [RunRecord], study: String?, _ reader: CatalogReader) throws {
        if let open = runs.first(where: { !$0.state.isFinal }) {
            let count = runs.count { !$0.state.isFinal }
            throw BundleError(manifest.subject, "\(count) of its \(runs.count) runs \(count == 1 ? "has" : "have") not ended (\(open.id) is \(open.state.rawValue)): wait for them, or cancel them")
        }
        let identity = try reader.storageIdentity()
        for run in runs {
            let folder = storage.run(run.id), base = "runs/\(run.id)", gone = try reader.deletedCheckpoints(ofRun: run.number)
            let record = BundledJob(
                run, storage: identity, study: study, attempts: try reader.attempts(ofRun: run.number), history: try reader.history(ofRun: run.number), deleted: gone)
            deleted += gone.count
            sources["\(base)/run.json"] = .bytes(record.json.canonicalBytes)
            sources["\(base)/specification.json"] = .bytes(Array(run.specification.utf8))
            try addLog(of: folder, upTo: run.eventsOffset, as: "\(base)/events.ndjson")
            for sample in try reader.samples(ofRun: run.number) { try add(file: "\(folder.path)/\(sample.file)", as: "\(base)/\(sample.file)") }
            try addCheckpoints(of: run, without: gone, reader)
            try addMeanings(of: run, reader)
            for job in try reader.doneEvaluationJobs(ofRun: run.number) {
                manifest.evaluations.append(job.id)
                let folder = storage.evaluation(job.id), base = "evaluations/\(job.id)"
                sources["\(base)/evaluation-job.json"] = .bytes(BundledJob(job, attempts: try reader.attempts(ofEvaluation: job.number)).json.canonicalBytes)
                sources["\(base)/evaluation.json"] = .bytes(Array(job.request.utf8))
                try addLog(of: folder, upTo: job.eventsOffset, as: "\(base)/events.ndjson")
            }
        }
    }

    /// As much of the log as the catalog has read.
    private mutating func addLog(of folder: RunFolder, upTo offset: Int64, as name: String) throws {
        guard offset > 0 else { return }
        let path = folder.currentLog.path
        guard FileSystem.exists(path), try FileSystem.size(of: path) >= Int(clamping: offset) else { throw missing(path) }
        sources[name] = .file(path, bytes: Int(clamping: offset))
    }

    private mutating func add(file path: String, as name: String) throws {
        guard FileSystem.exists(path) else { throw missing(path) }
        if let problem = BundleName.problem(name) { throw BundleError(manifest.subject, "\(name) has \(problem), which no bundle can hold") }
        sources[name] = .file(path, bytes: try FileSystem.size(of: path))
    }

    private func missing(_ path: String) -> BundleError {
        BundleError(manifest.subject, "\(path) is missing or shorter than it was: restore it from a backup, or rerun the run and export the rerun")
    }

    /// - Parameter deleted: the steps of those that were deleted on purpose, which `run.json` tells
    private mutating func addCheckpoints(of run: RunRecord, without deleted: Set<Int>, _ reader: CatalogReader) throws {
        let removed = try reader.removedCheckpoints(ofRun: run.number).union(deleted)
        let all = try reader.checkpoints(ofRun: run.number)
        let best = try? reader.bestCheckpoint(of: run).get().checkpoint
        let last = Array(all.suffix(1)), top = [best].compactMap { $0 }
        let chosen: [CheckpointRecord] = switch manifest.checkpoints {
        case .none: []
        case .last: last
        case .best: top
        case .chosen: last + top
        case .all: all
        }
        for checkpoint in chosen where !removed.contains(checkpoint.step) {
            try add(file: try storage.archive(checkpoint.digest), as: "checkpoints/\(checkpoint.digest).npz")
        }
    }

    /// The protocols of a run's values and the feature extractors behind them.
    private mutating func addMeanings(of run: RunRecord, _ reader: CatalogReader) throws {
        for value in try reader.evaluations(ofRun: run.number) {
            let (meaning, extractor) = ("protocols/\(value.protocolDigest).json", "extractors/\(value.encoderDigest).json")
            if sources[meaning] == nil, BundleName.problem(meaning) == nil, let content = try reader.protocolContent(value.protocolDigest) { sources[meaning] = .bytes(Array(content.utf8)) }
            if sources[extractor] == nil, BundleName.problem(extractor) == nil, let known = try reader.featureExtractor(value.encoderDigest) {
                let json: JSONValue = [
                    "digest": .string(value.encoderDigest), "name": .string(known.name), "provenance": known.provenance.map { JSONValue(stored: $0) } ?? .null,
                ]
                sources[extractor] = .bytes(json.canonicalBytes)
            }
        }
    }

    // MARK: - Writing

    private struct Sum { var size: Int, crc: UInt32, digest: String }

    private func sum(_ source: Source) throws -> Sum {
        switch source {
        case .bytes(let bytes): return Sum(size: bytes.count, crc: CRC32.checksum(bytes), digest: Digest.sha256(bytes).hex)
        case .file(let path, let count):
            let file = try FileReader(path)
            var builder = Digest.Builder(), crc = UInt32(0), offset = 0
            while offset < count, case let piece = try file.read(at: offset, count: min(1 << 20, count - offset)), !piece.isEmpty {
                builder.update(piece)
                crc = CRC32.checksum(piece, continuing: crc)
                offset += piece.count
            }
            guard offset == count else { throw missing(path) }
            return Sum(size: count, crc: crc, digest: builder.finish().hex)
        }
    }

    /// Writes the file; a file of this name is replaced when the new one is complete.
    /// - Errors: `FileError`, `BundleError`
    package func write(to path: String) throws -> Report {
        var manifest = self.manifest
        guard sources.count + manifest.runs.count + manifest.evaluations.count < BundleManifest.mostFiles else {
            throw BundleError(path, "\(sources.count) files are more than a bundle can hold (\(BundleManifest.mostFiles)): export it without checkpoints, or its runs apart")
        }
        let sums = try sources.mapValues(sum)
        manifest.files = sums.mapValues { BundleManifest.File(bytes: $0.size, digest: $0.digest) }
        let head = manifest.json.canonicalBytes
        let fresh = "\(path).\(UUID().uuidString.prefix(8)).partial"
        do {
            let writer = try ZipFileWriter(fresh)
            let names = (sources.keys + [BundleManifest.name]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for name in names {
                guard let source = sources[name], let sum = sums[name] else {
                    try writer.add(name, head)
                    continue
                }
                try add(name, source, sum, to: writer)
            }
            try writer.finish()
            try FileSystem.rename(fresh, to: path)
        } catch {
            try? FileSystem.remove(fresh)
            throw error
        }
        return Report(digest: Digest.sha256(head).hex, files: sources.count + 1, bytes: try FileSystem.size(of: path), manifest: manifest, deleted: deleted)
    }

    private func add(_ name: String, _ source: Source, _ sum: Sum, to writer: ZipFileWriter) throws {
        switch source {
        case .bytes(let bytes): try writer.add(name, bytes)
        case .file(let path, _):
            // Archives and pictures are compressed already.
            if name.hasSuffix(".npz") || name.hasSuffix(".png") || sum.size > Self.largestText {
                return try writer.add(name, file: path, size: sum.size, crc: sum.crc)
            }
            let bytes = try FileReader(path).read(at: 0, count: sum.size)
            guard Digest.sha256(bytes).hex == sum.digest else { throw FileError("read", path, reason: "it changed while it was read") }
            try writer.add(name, bytes)
        }
    }
}
