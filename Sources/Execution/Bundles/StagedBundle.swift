import Archives
import Canonical
import Catalog
import Events
import Foundation
import Notebooks
import Results
import Storage
import Training

/// A bundle whose every file was read and compared with its digest, and lies in a folder of its own beside those of the storage. Nothing of it counts yet.
struct StagedBundle {
    /// A checkpoint that a log names.
    struct Checkpoint: Equatable {
        var step: Int
        var digest: String
    }

    /// A run or an evaluation with what its log says.
    struct Job {
        var record: BundledJob
        /// The specification, or the request.
        var text: String
        var digest: String
        /// The digest of the last checkpoint according to the log.
        var finalDigest: String?
        /// All checkpoints.
        var checkpoints: [Checkpoint] = []
        var bytes = 0
    }

    let bundle: BundleFile
    let folder: String
    private(set) var study: StudyRecord?
    private(set) var runs: [Job] = []
    private(set) var evaluations: [Job] = []
    /// The archives in the bundle.
    private(set) var archives: [String] = []

    private static let largestRecord = 64 << 20, largestSpecification = 1 << 20

    /// Reads everything, and writes what a storage keeps into the folder.
    /// - Errors: `BundleError` with the first reason to refuse the bundle; `FileError`
    init(_ bundle: BundleFile, in folder: String) throws {
        (self.bundle, self.folder) = (bundle, folder)
        // Half of what is free is left to the storage.
        if let free = FileSystem.freeBytes(at: folder), Int64(bundle.bytes) > free - 64 << 20 {
            throw FileError("unpack", bundle.path, code: ENOSPC)
        }
        try readStudy()
        archives = try bundle.names(in: "checkpoints").map { name in
            let digest = String(name.dropFirst("checkpoints/".count).dropLast(".npz".count))
            guard let address = try? Digest(hex: digest), address.hex == digest else { throw refusal("\(name) is not named by a digest") }
            return digest
        }
        for id in bundle.manifest.runs { runs.append(try job(id, isRun: true)) }
        for id in bundle.manifest.evaluations { evaluations.append(try job(id, isRun: false)) }
        try checkReferences()
        for name in ["README.md", "index.html"] + ["report", "protocols", "extractors", "notebook"].flatMap(bundle.names(in:)) where bundle.has(name) {
            try Task.checkCancellation()
            try bundle.check(name)
        }
        for name in bundle.names(in: "protocols") {
            let told = String(name.dropFirst("protocols/".count).dropLast(".json".count))
            guard (try? Digest(hex: told)) == nil || bundle.manifest.files[name]?.digest == told else { throw refusal("\(name) is not the protocol that its name says") }
        }
        try FileSystem.makeFolder(folder + "/checkpoints", mode: 0o700)
        for digest in archives { try extract(archive: digest) }
    }

    private func refusal(_ reason: String) -> BundleError { BundleError(bundle.path, reason) }

    private func json(_ name: String, limit: Int) throws -> JSONValue {
        do {
            return try JSONValue(parsing: try bundle.content(of: name, limit: limit))
        } catch let error as JSONError {
            throw refusal("\(name): \(error)")
        }
    }

    // MARK: - The study

    private mutating func readStudy() throws {
        guard bundle.manifest.kind == .study else {
            if bundle.has("plan.json") || bundle.has("study.json") { throw refusal("it has a plan, and is not of a study") }
            return
        }
        let plan = try canonical("plan.json")
        do throws(FieldError) {
            var fields = try FieldReader(try decode(json("study.json", limit: Self.largestSpecification)))
            let id = try fields.string("id", maximumBytes: 12)
            // A study can be renamed; its plan keeps the name that it was submitted with.
            let name = try fields.string("name", maximumBytes: 1000)
            guard id.utf8.count == 12, id.utf8.allSatisfy({ Self.isHexadecimal($0) }), id == bundle.manifest.subject else { throw fields.error("id", "is not that of the bundle's study") }
            guard name.isName, name == bundle.manifest.title else {
                throw fields.error("name", "is blank, has characters that no name has, or is not the bundle's title")
            }
            study = StudyRecord(
                id: id, digest: plan.digest, name: name, plan: plan.text, created: try fields.number("created", in: -1e12...1e12),
                finished: try fields.optionalNumber("finished", in: -1e12...1e12), cancelled: try fields.bool("cancelled"))
            try fields.finish()
        } catch {
            throw refusal("study.json: \(error)")
        }
    }

    private func decode(_ json: @autoclosure () throws -> JSONValue) throws(FieldError) -> JSONValue {
        do { return try json() } catch { throw FieldError(path: "", problem: .rule("\(error)")) }
    }

    /// A file of canonical JSON, with the digest that is an identity.
    private func canonical(_ name: String) throws -> (json: JSONValue, text: String, digest: String) {
        let bytes = try bundle.content(of: name, limit: Self.largestSpecification)
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes) } catch { throw refusal("\(name): \(error)") }
        guard json.objectValue != nil, json.canonicalBytes == bytes else { throw refusal("\(name) is not a canonical JSON object") }
        return (json, String(decoding: bytes, as: UTF8.self), Digest.sha256(bytes).hex)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) }

    // MARK: - Runs and evaluations

    private func job(_ id: String, isRun: Bool) throws -> Job {
        try Task.checkCancellation()
        let base = "\(isRun ? "runs" : "evaluations")/\(id)", file = isRun ? "run.json" : "evaluation-job.json", text = isRun ? "specification.json" : "evaluation.json"
        let content = try canonical("\(base)/\(text)")
        let record: BundledJob
        do throws(FieldError) {
            record = try BundledJob(reading: try decode(json("\(base)/\(file)", limit: Self.largestRecord)), isRun: isRun)
        } catch {
            throw refusal("\(base)/\(file): \(error)")
        }
        // The id tells the digest: a run cannot pass for another one.
        guard record.id == id, id == "\(isRun ? "" : "e")\(content.digest.prefix(12))-\(record.attempt)" else { throw refusal("\(base)/\(text) is not the \(isRun ? "specification of the run" : "request of the evaluation") \(id.prefix(40))") }
        var job = Job(record: record, text: content.text, digest: content.digest)
        try FileSystem.makeFolder("\(folder)/\(base)" + (isRun ? "/samples" : ""), mode: 0o700)
        try bundle.extract("\(base)/\(text)", to: "\(folder)/\(base)/\(text)")
        for name in bundle.names(in: base) where name.hasSuffix(".png") {
            try FileSystem.makeFolder(FileSystem.folder(of: "\(folder)/\(name)"), mode: 0o700)
            try bundle.extract(name, to: "\(folder)/\(name)")
        }
        if isRun {
            guard record.run?.study == study?.id else { throw refusal("\(base)/run.json: the run is not one of the bundle's study") }
            try Self.checkFacts(content.json) { refusal("\(base)/\(text): \($0)") }
        }
        guard bundle.has("\(base)/events.ndjson") else {
            guard [.failed, .cancelled, .timedOut].contains(record.end.outcome) else { throw refusal("\(base) is \(record.end.outcome.words) and has no log") }
            return job
        }
        let log = "\(folder)/\(base)/events.ndjson"
        try bundle.extract("\(base)/events.ndjson", to: log)
        job.bytes = bundle.manifest.files["\(base)/events.ndjson"]?.bytes ?? 0
        try readLog(log, base, &job)
        return job
    }

    private static func checkFacts(_ specification: JSONValue, _ refusal: (String) -> BundleError) throws {
        guard RunFacts(specification) != nil else { throw refusal("it has no model, data set, seed and steps") }
    }

    /// What the log says of pictures, checkpoints and the end has to agree with the rest of the bundle.
    private func readLog(_ path: String, _ base: String, _ job: inout Job) throws {
        var tail = EventTail(path: path, offset: 0), end: RunOutcome?, places: [Int: Int] = [:]
        while let batch = try tail.next() {
            for event in batch.events {
                switch event.kind {
                case .samples(let sample):
                    guard bundle.has("\(base)/\(sample.file)") else { throw refusal("\(base)/events.ndjson names \(sample.file.prefix(80)), which the bundle does not have") }
                case .checkpoint(let checkpoint):
                    let written = Checkpoint(step: checkpoint.step, digest: checkpoint.digest)
                    // A resumed run writes a step again; a log from outside may name any number of them.
                    if let place = places[written.step] {
                        job.checkpoints[place] = written
                    } else {
                        places[written.step] = job.checkpoints.count
                        job.checkpoints.append(written)
                    }
                    if checkpoint.final { job.finalDigest = checkpoint.digest }
                case .finished(let finished):
                    end = finished.outcome
                    job.finalDigest = finished.finalDigest ?? job.finalDigest
                default: break
                }
            }
        }
        guard tail.offset == Int64(job.bytes) else { throw refusal("\(base)/events.ndjson does not end with a whole line") }
        // The server settles a job by what its worker reported; only a cancellation can come before it.
        if let end, [.done, .collapsed, .diverged].contains(end), job.record.end.outcome != end, job.record.end.outcome != .cancelled {
            throw refusal("\(base): the log ends with \(end.words), and the record says \(job.record.end.outcome.words)")
        }
    }

    private func checkReferences() throws {
        guard Set(runs.map(\.record.id)).count == runs.count, Set(evaluations.map(\.record.id)).count == evaluations.count else { throw refusal("\(BundleManifest.name) names a run or an evaluation twice") }
        let known = Set(runs.map(\.record.id)), measured = Set(evaluations.map(\.record.id))
        for name in bundle.manifest.files.keys.sorted() {
            let parts = name.split(separator: "/")
            guard parts.count > 2 else { continue }
            guard (parts[0] == "runs" ? known : measured).contains(String(parts[1])) else { throw refusal("\(name) belongs to no run or evaluation that \(BundleManifest.name) names") }
        }
        let written = Set(runs.flatMap { $0.checkpoints.map(\.digest) })
        if let stray = archives.first(where: { !written.contains($0) }) { throw refusal("checkpoints/\(stray).npz was written by none of the bundle's runs") }
        for job in runs {
            let steps = Set(job.checkpoints.map(\.step))
            if let step = job.record.run?.deleted.first(where: { !steps.contains($0) }) { throw refusal("runs/\(job.record.id)/run.json names a deleted checkpoint at step \(step), which the log does not have") }
        }
        let byID = Dictionary(uniqueKeysWithValues: runs.map { ($0.record.id, $0) })
        for job in evaluations {
            guard let of = job.record.evaluation, let run = byID[of.run], run.checkpoints.contains(Checkpoint(step: of.step, digest: of.checkpoint)) else {
                throw refusal("evaluations/\(job.record.id) is of a checkpoint that none of the bundle's runs wrote")
            }
        }
        switch bundle.manifest.kind {
        case .run: guard bundle.manifest.runs == [bundle.manifest.subject] else { throw refusal("it is of one run, and \(BundleManifest.name) names others") }
        case .study: break
        case .notebook:
            do { _ = try Notebook(parsing: String(decoding: try bundle.content(of: "notebook/notebook.md", limit: 16 << 20), as: UTF8.self)) } catch let error as NotebookError {
                throw refusal("notebook/notebook.md: \(error)")
            }
        }
    }

    /// An archive is compared with its own digest too, without unpacking it.
    private func extract(archive digest: String) throws {
        try Task.checkCancellation()
        let name = "checkpoints/\(digest).npz", path = "\(folder)/\(name)"
        try bundle.extract(name, to: path)
        do {
            guard try Archive.address(ofFile: path).hex == digest else { throw refusal("\(name) is not the archive that its name says") }
        } catch let error as ArchiveError {
            throw refusal("\(name): \(ArchiveError(member: error.member, offset: error.offset, error.problem))")
        }
    }
}

/// What the catalog lists of a specification, read without knowing its model or its data set, which may not be here.
struct RunFacts {
    var model: String
    var dataset: String
    var seed: Int64
    var steps: Int

    init?(_ specification: JSONValue) {
        guard let model = specification["model"]?.stringValue, let dataset = specification["dataset"]?["name"]?.stringValue ?? specification["dataset"]?.stringValue,
            let seed = specification["seed"]?.integerValue, let steps = specification["steps"]?.integerValue, (1...1_000_000_000).contains(steps),
            !model.isEmpty, model.utf8.count <= 200, !dataset.isEmpty, dataset.utf8.count <= 200
        else { return nil }
        (self.model, self.dataset, self.seed, self.steps) = (model, dataset, seed, Int(steps))
    }
}
