import Canonical
import Catalog
import Datasets
import Execution
import Foundation
import Logging
import Results
import Server
import Storage
import Studies

/// `fidelio verify BUNDLE`: imports the bundle into a storage of its own, draws its pages again, and reruns its runs there.
struct BundleVerification {
    let bundle: String
    let common: CommonOptions
    let threads: Int?
    let kernels: String?
    let most: Int?

    /// What a run came to.
    private struct Verdict {
        var run: String
        var state: String
        var reason: String
        var detail: JSONValue

        var json: JSONValue { ["run": .string(run), "state": .string(state), "reason": .string(reason), "verification": detail] }
    }

    func perform() async throws -> Int32 {
        let opened: BundleFile
        do { opened = try BundleFile(bundle) } catch let error as BundleError { throw CommandFailure("\(error)", code: CommandFailure.Code.badInput) }
        let folder = NSTemporaryDirectory() + "/fidelio-verify-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = StorageFolder(root: folder)
        try FileSystem.makeFolder(folder, mode: 0o700)
        // Data sets and feature extractors are compared with their digests wherever they are used.
        for (own, theirs) in [(storage.datasets, common.storageFolder.datasets), (storage.encoders, common.storageFolder.encoders)] where FileSystem.isFolder(theirs) {
            try FileManager.default.createSymbolicLink(atPath: own, withDestinationPath: theirs)
        }
        let session = try await LocalSession(
            storage: storage, executable: CommonOptions.executable, settings: WorkbenchSettings(), models: CommonOptions.models, publicFolder: PageFolder.found,
            logger: CommonOptions.logger(.error))
        let connection = Connection.local(session)
        do {
            let report = try await ImportCommand.take(bundle, into: storage, connection)
            let differences = try redrawn(opened, storage) + foreignRuns(opened, storage)
            let verdicts = try await rerun(report.answeredList("added").compactMap(\.stringValue), connection)
            await connection.close()
            return say(opened, verdicts, differences)
        } catch {
            await connection.close()
            throw error
        }
    }

    // MARK: - What the bundle shows

    /// The files that this program writes otherwise from the same results. Another version may draw otherwise.
    private func redrawn(_ bundle: BundleFile, _ storage: StorageFolder) throws -> [String] {
        let manifest = bundle.manifest
        guard manifest.program == Version.program, manifest.numerics == Version.numerics else { return [] }
        let subject: BundleExport.Subject
        switch manifest.kind {
        case .run: subject = .run(manifest.subject)
        case .study: subject = .study(manifest.subject)
        case .notebook: return []
        }
        let catalog = try Catalog.openForReading(at: storage.catalog)
        defer { try? catalog.close() }
        let again = try catalog.readNow { try BundleExport(subject, checkpoints: manifest.checkpoints, storage: storage, models: CommonOptions.models, $0) }
        let drawn = try again.write(to: storage.root + "/again.zip").manifest
        guard drawn != manifest else { return [] }
        let names = Set(drawn.files.keys).union(manifest.files.keys).sorted().filter { drawn.files[$0] != manifest.files[$0] }
        return names.isEmpty ? ["bundle.json is not what its results give"] : names.map { "\($0) is not what the bundle's results give" }
    }

    /// Runs of a study that its plan does not expand to.
    private func foreignRuns(_ bundle: BundleFile, _ storage: StorageFolder) throws -> [String] {
        guard bundle.manifest.kind == .study else { return [] }
        let catalog = try Catalog.openForReading(at: storage.catalog)
        defer { try? catalog.close() }
        let (study, runs) = try catalog.readNow { try ($0.study(bundle.manifest.subject), $0.runs(ofStudy: bundle.manifest.subject)) }
        guard let study else { return [] }
        let planned: [NewRun]
        do {
            planned = try RunPlanner(models: CommonOptions.models, datasets: DatasetStore(root: storage.datasets)).study(reading: JSONValue(parsing: study.plan), at: 0).runs
        } catch {
            Console.remark("the plan cannot be expanded here: \(error)")
            return []
        }
        let digests = Set(planned.map(\.specificationDigest))
        return runs.filter { $0.position != nil && !digests.contains($0.specificationDigest) }.map { "run \($0.id) is not one of the study's plan" }
    }

    // MARK: - Reruns

    private func rerun(_ ids: [String], _ connection: Connection) async throws -> [Verdict] {
        var verdicts: [Verdict] = [], reruns: [(run: String, rerun: String)] = []
        let count = most.map { min($0, ids.count) } ?? ids.count
        let chosen = (0..<count).map { ids[$0 * ids.count / max(1, count)] }
        var body: [String: JSONValue] = [:]
        if let threads { body["threads"] = .integer(Int64(threads)) }
        if let kernels { body["kernels"] = .string(kernels) }
        for id in chosen {
            let run = try await connection.get("/runs/\(id)"), state = run["state"]?.stringValue ?? ""
            guard ["done", "diverged"].contains(state) else {
                verdicts.append(Verdict(run: id, state: "inconclusive", reason: "it is \(state): there is no end to compare", detail: .null))
                continue
            }
            reruns.append((id, try await connection.post("/runs/\(id)/rerun", .object(body)).answeredText("id")))
        }
        try await connection.begin(reruns.map(\.rerun))
        let waiting = Waiting(connection: connection, isQuiet: common.json)
        for (run, rerun) in reruns {
            let (_, isOver) = try await waiting.follow("/runs/\(rerun)", until: Waiting.hasEnded, text: ProgressLine.text(ofRun:))
            guard isOver else { throw interrupted }
            let (verification, isCompared) = try await waiting.follow("/runs/\(rerun)/verification", until: { $0["state"]?.stringValue != "running" }, text: { _ in "comparing" })
            guard isCompared else { throw interrupted }
            verdicts.append(Verdict(run: run, state: verification["state"]?.stringValue ?? "inconclusive", reason: RunText.verdict(verification), detail: verification))
        }
        return verdicts
    }

    private var interrupted: CommandFailure { CommandFailure("\(bundle) was not verified to the end: nothing is kept of a verification that is interrupted", code: CommandFailure.Code.notFinished) }

    private func say(_ bundle: BundleFile, _ verdicts: [Verdict], _ differences: [String]) -> Int32 {
        func count(_ state: String) -> Int { verdicts.count { $0.state == state } }
        let (identical, different, open) = (count("identical"), count("different"), count("inconclusive"))
        let state = different > 0 || !differences.isEmpty ? "different" : identical > 0 ? "identical" : "inconclusive"
        if common.json {
            Console.say([
                "bundle": .string(bundle.digest), "state": .string(state), "identical": .count(identical), "different": .count(different), "inconclusive": .count(open),
                "differences": .array(differences.map { .string($0) }), "runs": .array(verdicts.map(\.json)),
            ])
        } else {
            for difference in differences { Console.say(difference) }
            for verdict in verdicts where verdict.state != "identical" { Console.say("\(verdict.run): \(verdict.reason)") }
            Console.say("bundle \(bundle.digest.prefix(12)): \(state); of \(verdicts.count) reruns \(identical) identical, \(different) different, \(open) without a verdict")
        }
        return state == "identical" ? 0 : state == "different" ? CommandFailure.Code.different : CommandFailure.Code.failed
    }
}
