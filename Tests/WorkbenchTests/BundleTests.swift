import Canonical
import Catalog
import Foundation
import Models
import TestSupport
import Testing

@testable import Archives
@testable import Execution
@testable import Results
@testable import Storage

@Suite("Bundles travel")
struct BundleTests {
    private struct Importer: AuditActor {
        var name = "ada", member: String? = nil, address = "", via = "local"
    }

    private static func take(_ path: String, _ storage: StorageFolder, _ catalog: Catalog) async throws -> BundleImport.Report {
        try await BundleImport(storage: storage, catalog: catalog, now: { 5000 }).take(path, by: Importer())
    }

    private static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// The same content gives the same bytes, and a zip program that is not ours reads them.
    @Test func oneStudyIsOneFile() async throws {
        let fixture = try BundleFixture()
        let first = try fixture.export(), second = try fixture.export(as: "again.zip")
        #expect(try Self.bytes(first) == Self.bytes(second))
        let bundle = try BundleFile(first)
        #expect(bundle.manifest.kind == .study && bundle.manifest.runs.count == 4 && bundle.manifest.title == fixture.study.name)
        for name in ["README.md", "index.html", "plan.json", "study.json", "report/README.md", "report/fid-distribution.svg", "report/runs.csv"] { #expect(bundle.has(name), "\(name)") }
        // The best of a run is its last checkpoint here, except where it diverged at its only one.
        #expect(bundle.names(in: "checkpoints").count == 4 && bundle.names(in: "protocols").count == 1 && bundle.names(in: "extractors").count == 1)
        #expect(try BundleFile(fixture.export(.all, as: "all.zip")).names(in: "checkpoints").count == 7)
        #expect(try BundleFile(fixture.export(.none, as: "none.zip")).names(in: "checkpoints").isEmpty)
        let read = try await Tool.finish("python3", ["-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()), z.getinfo('plan.json').date_time[0])", first])
        #expect(read.output == "None \(bundle.manifest.files.count + 1) 1980\n", "\(read)")
    }

    /// Names and messages are text, whatever they look like, and the page can run and load nothing.
    @Test func thePageIsHarmless() throws {
        let fixture = try BundleFixture()
        let page = String(decoding: try BundleFile(fixture.export()).content(of: "index.html", limit: 1 << 26), as: UTF8.self)
        #expect(!page.contains("<script") && page.contains("Two models &amp; &lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("the loss is &lt;b&gt;not&lt;/b&gt; finite"))
        #expect(page.contains("default-src 'none'") && !page.contains("http:") && !page.contains("https:") && !page.contains("src=\"/"))
        #expect(page.contains("data:image/svg+xml;base64,") && page.contains("data:image/png;base64,"))
        for run in try fixture.runs() { #expect(page.contains(run.id)) }
        let single = fixture.folder.path("run.zip")
        _ = try BundleFixture.export(.run(fixture.runs()[0].id), of: fixture.storage, fixture.catalog, to: single)
        let its = String(decoding: try BundleFile(single).content(of: "index.html", limit: 1 << 26), as: UTF8.self)
        #expect(its.contains("generator_loss") && its.contains("Step 40") && !its.contains("<script"))
    }

    @Test func aStudyTravelsThereAndBackUnchanged() async throws {
        let fixture = try BundleFixture(), target = try BundleFixture.empty()
        let path = try fixture.export(.all)
        let report = try await Self.take(path, target.storage, target.catalog)
        let ids = try fixture.runs().map(\.id)
        #expect(report.added == ids && report.present.isEmpty && report.archives == 7)
        let again = target.folder.path("again.zip")
        _ = try BundleFixture.export(.study(fixture.study.id), of: target.storage, target.catalog, checkpoints: .all, to: again)
        #expect(try Self.bytes(again) == Self.bytes(path))

        // Every row is what it was, and says where it comes from.
        let identity = try fixture.catalog.readNow { try $0.storageIdentity() }
        for run in try fixture.runs() {
            let theirs = try fixture.catalog.readNow { try RunDetails.json(ofRun: run.id, $0) }
            let ours = try target.catalog.readNow { try RunDetails.json(ofRun: run.id, $0) }
            var (a, b) = (theirs["run"]?.objectValue ?? [:], ours["run"]?.objectValue ?? [:])
            #expect(a.removeValue(forKey: "origin") == .null)
            let origin = b.removeValue(forKey: "origin")
            #expect(origin?["storage"]?.stringValue == identity && origin?["bundle"]?.stringValue == report.bundle && origin?["by"] == "ada" && origin?["imported"]?.numberValue == 5000)
            #expect(a == b)
            for part in ["evaluations", "samples", "checkpoints", "attempts", "history"] { #expect(theirs[part] == ours[part], "\(part)") }
            let metrics = try fixture.catalog.readNow { try $0.metrics(ofRun: run.number) }
            let same = try target.catalog.readNow { try $0.metrics(ofRun: $0.requiredRun(run.id).number) }
            #expect(metrics == same)
        }
        let original = try fixture.catalog.readNow { try $0.study(fixture.study.id) }, imported = try target.catalog.readNow { try $0.study(fixture.study.id) }
        #expect(original != nil && original == imported)
        #expect(try target.catalog.readNow { try $0.audit(limit: 5) }.map(\.action) == ["import"])
        #expect(try FileSystem.names(in: target.storage.imports) == ["lock"])

        // Importing twice changes nothing, and a run that comes home is its own.
        let twice = try await Self.take(path, target.storage, target.catalog)
        #expect(twice.added.isEmpty && twice.present.count == 4 && twice.archives == 0)
        #expect(try target.catalog.readNow { try $0.audit(limit: 5) }.count == 1)
        let home = try await Self.take(again, fixture.storage, fixture.catalog)
        let own = try fixture.runs()
        #expect(home.added.isEmpty && own.allSatisfy { $0.origin == nil })
    }

    /// Checkpoints that a bundle leaves out are known, and known not to be here; a later bundle brings them.
    @Test func checkpointsThatAreLeftOutAreMarked() async throws {
        let fixture = try BundleFixture(), target = try BundleFixture.empty()
        _ = try await Self.take(try fixture.export(), target.storage, target.catalog)
        let id = try fixture.runs()[0].id
        func removed() throws -> Set<Int> { try target.catalog.readNow { try $0.removedCheckpoints(ofRun: $0.requiredRun(id).number) } }
        #expect(try removed() == [20])
        #expect(try target.catalog.readNow { try $0.checkpointDigests() }.count == 4)
        _ = try await Self.take(try fixture.export(.all, as: "all.zip"), target.storage, target.catalog)
        #expect(try removed().isEmpty && ArchiveStore(root: target.storage.archives).digests().count == 7)
    }

    /// A run of which a checkpoint was removed for good can be exported: the bundle tells that it was deleted, and takes the next best one. The knowledge travels.
    @Test func deletedCheckpointsAreToldAndNotMissed() async throws {
        let fixture = try BundleFixture(), target = try BundleFixture.empty()
        let before = try BundleFile(fixture.export(as: "before.zip")), run = try fixture.runs()[0]
        let digest = try #require(run.finalDigest)
        #expect(before.has("checkpoints/\(digest).npz"))
        try fixture.catalog.writeNow { writer in
            let deletion = try writer.delete(Deletion(kind: .checkpoint, target: "\(run.id)/40", title: "", bytes: 0, actor: "ada", deleted: 500, expires: 501))
            try writer.remove(deletion, at: 502)
        }
        try FileSystem.remove(try fixture.storage.archive(digest))
        for choice in BundledCheckpoints.allCases { _ = try fixture.export(choice, as: "\(choice.rawValue).zip") }
        let path = try fixture.export(), bundle = try BundleFile(path)
        let other = try fixture.catalog.readNow { try $0.checkpoints(ofRun: run.number)[0].digest }
        #expect(!bundle.has("checkpoints/\(digest).npz") && bundle.has("checkpoints/\(other).npz") && bundle.names(in: "checkpoints").count == 4)
        #expect(try JSONValue(parsing: bundle.content(of: "runs/\(run.id)/run.json", limit: 1 << 20))["deleted_checkpoints"] == [40])
        #expect(String(decoding: try bundle.content(of: "README.md", limit: 1 << 20), as: UTF8.self).contains("\n\n1 checkpoint of its runs was deleted on purpose"))
        #expect(!String(decoding: try before.content(of: "README.md", limit: 1 << 20), as: UTF8.self).contains("deleted"))
        let single = fixture.folder.path("run.zip")
        #expect(try BundleFixture.export(.run(run.id), of: fixture.storage, fixture.catalog, to: single).deleted == 1)
        #expect(String(decoding: try BundleFile(single).content(of: "report/checkpoints.csv", limit: 1 << 20), as: UTF8.self).hasSuffix("40,yes,\(digest),yes\n"))

        _ = try await Self.take(path, target.storage, target.catalog)
        func marks() throws -> [Set<Int>] {
            try target.catalog.readNow { reader in
                let number = try reader.requiredRun(run.id).number
                return [try reader.removedCheckpoints(ofRun: number), try reader.deletedCheckpoints(ofRun: number)]
            }
        }
        #expect(try marks() == [[40], [40]])
        let again = target.folder.path("again.zip")
        _ = try BundleFixture.export(.study(fixture.study.id), of: target.storage, target.catalog, to: again)
        #expect(try Self.bytes(again) == Self.bytes(path))
        // A bundle from before the deletion brings it back.
        let report = try await Self.take(before.path, target.storage, target.catalog)
        #expect(try report.archives == 1 && marks() == [[], []])
    }

    /// The same specification gives the same bits: a bundle that says otherwise is refused, and so is one of runs that still go on here.
    @Test func contradictionsAreRefused() async throws {
        let fixture = try BundleFixture(), other = try BundleFixture(scale: 2), third = try BundleFixture.empty()
        let path = try fixture.export()
        let different = await #expect(throws: BundleError.self) { try await Self.take(path, other.storage, other.catalog) }
        #expect(different?.reason.contains("is here already, and ended otherwise: done with checkpoint") == true, "\(different as Any)")
        let run = try fixture.runs()[0]
        let new = NewRun(specification: run.specification, specificationDigest: run.specificationDigest, model: run.model, dataset: run.dataset, seed: run.seed, steps: run.steps)
        try third.catalog.writeNow { _ = try $0.submit(new, at: 1) }
        let queued = await #expect(throws: BundleError.self) { try await Self.take(path, third.storage, third.catalog) }
        #expect(queued?.reason.contains("it is queued here") == true, "\(queued as Any)")
        #expect(try third.catalog.readNow { try ($0.study(fixture.study.id) == nil, $0.everyRunID().count) } == (true, 1))
        #expect(try FileSystem.names(in: third.storage.runs).isEmpty && FileSystem.names(in: third.storage.archives).isEmpty)
    }

    @Test func whatHasNotEndedIsNotExported() throws {
        let fixture = try BundleFixture()
        let run = try fixture.runs()[0]
        try fixture.catalog.writeNow { try $0.requeue(run: run.number, restarts: 0, mark: 0, at: 500, reason: "again") }
        let error = #expect(throws: BundleError.self) { try fixture.export() }
        #expect(error?.reason == "1 of its 4 runs has not ended (\(run.id) is queued): wait for them, or cancel them")
        #expect(!FileSystem.exists(fixture.folder.path("study.zip")))
    }

    /// An import that was killed leaves its folder, and perhaps runs without a row; the next import clears the one and replaces the other.
    @Test func anImportThatWasCutOffIsCompleted() async throws {
        let fixture = try BundleFixture(), target = try BundleFixture.empty()
        let id = try fixture.runs()[1].id
        try FileSystem.makeFolder("\(target.storage.imports)/staged/runs/x")
        try FileSystem.makeFolder("\(target.storage.runs)/\(id)/samples")
        try AtomicFile.write(Array("half a log".utf8), to: "\(target.storage.runs)/\(id)/events.ndjson")
        let report = try await Self.take(try fixture.export(), target.storage, target.catalog)
        #expect(report.added.count == 4)
        #expect(try FileSystem.names(in: target.storage.imports) == ["lock"])
        #expect(try target.catalog.readNow { try $0.requiredRun(id).step } == 40)
    }
}
