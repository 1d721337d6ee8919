import Access
import Canonical
import Catalog
import Codecs
import Foundation
import HTTPServer
import HTTPTypes
import TestSupport
import Testing
import Training

@testable import API
@testable import Execution
@testable import Storage

/// Files are created by processes, a few at a time, which end with their requests.
@Suite("Files created on request", .serialized)
struct ExportRouteTests {
    private func withRun() async throws -> (APIFixture, run: String, checkpoint: String) {
        let fixture = try await APIFixture()
        try await fixture.workbench.start()
        let id = try await fixture.workbench.submit(WorkbenchFixture.newRun(3, steps: 10)).run.id
        try await fixture.workbench.wait(for: id)
        let digest = try #require(try await fixture.get("/runs/\(id)/checkpoints").json[0]?["digest"]?.stringValue)
        return (fixture, id, digest)
    }

    private func names(_ fixture: APIFixture) -> [String] { ((try? FileSystem.names(in: fixture.files.storage.exports)) ?? []).sorted() }

    @Test func aFileIsMadeOnce() async throws {
        let (fixture, _, digest) = try await withRun()
        let first = try await fixture.get("/checkpoints/\(digest)/samples.npz?count=3")
        #expect(first.status == 200 && names(fixture).count == 1 && names(fixture)[0].hasSuffix(".npz"))
        let made = try FileSystem.read(fixture.files.storage.exports + "/" + names(fixture)[0])
        // The scripted process writes its request and its own number: another process would write another file.
        #expect(String(decoding: made, as: UTF8.self).contains(#""count":3"#))
        #expect(try await fixture.get("/checkpoints/\(digest)/samples.npz?count=3").status == 200)
        #expect(try FileSystem.read(fixture.files.storage.exports + "/" + names(fixture)[0]) == made)
        #expect(try await fixture.get("/checkpoints/\(digest)/samples.npz?count=4").status == 200)
        #expect(names(fixture).count == 2)
        await fixture.workbench.stop()
    }

    /// A file that is kept is compared with the digest that its name states.
    @Test func aDamagedFileIsMadeAgain() async throws {
        let (fixture, _, digest) = try await withRun()
        let path = "/checkpoints/\(digest)/samples.npz?count=3"
        #expect(try await fixture.get(path).status == 200)
        let name = try #require(names(fixture).first), file = fixture.files.storage.exports + "/" + name
        #expect(name.split(separator: ".").map(String.init)[1] == Digest.sha256(try FileSystem.read(file)).hex)
        let whole = try FileSystem.read(file)
        try Data(whole.dropLast() + [whole.last! ^ 1]).write(to: URL(fileURLWithPath: file))
        #expect(try await fixture.get(path).status == 200)
        let again = try #require(names(fixture).first)
        // The scripted process writes another file each time.
        #expect(names(fixture).count == 1 && again != name)
        #expect(again.split(separator: ".").map(String.init)[1] == Digest.sha256(try FileSystem.read(fixture.files.storage.exports + "/" + again)).hex)
        await fixture.workbench.stop()
    }

    /// What a process says about the server's machine is for members only.
    @Test func guestsAreNotToldWhatAProcessSays() async throws {
        let (fixture, run, digest) = try await withRun()
        let share = try await fixture.access.makeShare(.run, run, note: "", days: 1, live: true)
        let guest: HTTPFields = [.cookie: "fidelio-share-8642=\(share.secret)"]
        for (start, code) in [(9, "export-failed"), (74, "disk-full")] {
            let answer = try await fixture.ask(.get, "/api/v1/checkpoints/\(digest)/samples.npz?start=\(start)", fields: guest)
            #expect(answer.json["code"]?.stringValue == code, "\(answer.text)")
            #expect(!answer.text.contains("as told") && !answer.text.contains(fixture.files.storage.root), "\(answer.text)")
        }
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        ("/checkpoints/DIGEST/samples.npz?count=0", 400, "invalid-query"), ("/checkpoints/DIGEST/samples.npz?count=100001", 400, "invalid-query"),
        ("/checkpoints/DIGEST/samples.npz?stream=latents", 400, "invalid-query"), ("/checkpoints/x/samples.npz", 404, "checkpoint-unknown"),
        ("/checkpoints/DIGEST/features.npz?start=-1", 400, "invalid-query"), ("/datasets/cats/arrays.npz", 404, "dataset-unknown"),
        ("/datasets/mnist/content.bin", 404, "dataset-unknown"), ("/encoders/x.npz", 404, "encoder-unknown"), ("/runs/x/initial.npz", 404, "run-unknown"),
        ("/checkpoints/DIGEST/super-resolution.json?pictures=low,low", 400, "invalid-query"), ("/checkpoints/DIGEST/super-resolution.json?pictures=low,sample-01", 400, "invalid-query"),
        ("/checkpoints/DIGEST/super-resolution.png?temperature=2.1", 400, "invalid-query"), ("/checkpoints/DIGEST/super-resolution.png?temperature=nan", 400, "invalid-query"),
        ("/checkpoints/DIGEST/super-resolution.png?picture=", 400, "invalid-query"), ("/checkpoints/DIGEST/super-resolution.png?index=-1", 400, "invalid-query"),
        ("/checkpoints/x/super-resolution.json?index=0", 404, "checkpoint-unknown"), ("/checkpoints/x/super-resolution.png", 404, "checkpoint-unknown"),
        ("/checkpoints/DIGEST/latents.png?place=between&share=0.5", 400, "invalid-query"), ("/checkpoints/DIGEST/latents.png?place=along&other=2", 400, "invalid-query"),
        ("/checkpoints/DIGEST/latents.png?place=inside", 400, "invalid-query"), ("/checkpoints/DIGEST/latents.png?count=65", 400, "invalid-query"),
        ("/checkpoints/DIGEST/latents.png?place=around&share=1.5", 400, "invalid-query"), ("/checkpoints/x/latents.png", 404, "checkpoint-unknown"),
        ("/checkpoints/DIGEST/neighbors.json?count=65", 400, "invalid-query"), ("/checkpoints/DIGEST/neighbors.png?neighbors=0", 400, "invalid-query"),
        ("/checkpoints/DIGEST/neighbors.json?other=2", 400, "invalid-query"), ("/checkpoints/DIGEST/neighbors.json?place=between&count=1", 400, "invalid-query"),
        ("/checkpoints/DIGEST/neighbors.json?space=latents", 400, "invalid-query"), ("/checkpoints/x/neighbors.json", 404, "checkpoint-unknown"),
        ("/datasets/cats/examples.png", 404, "dataset-unknown"), ("/datasets/polygons/examples.png?split=validation", 400, "invalid-query"),
        ("/checkpoints/DIGEST/samples.npz?start=64", 422, "export-refused"), ("/checkpoints/DIGEST/samples.npz?start=66", 404, "encoder-unknown"),
        ("/checkpoints/DIGEST/samples.npz?start=74", 507, "disk-full"), ("/checkpoints/DIGEST/samples.npz?start=9", 500, "export-failed"),
    ] as [(String, Int, String)])
    func everyFailureHasItsSentence(path: String, status: Int, code: String) async throws {
        let (fixture, _, digest) = try await withRun()
        let answer = try await fixture.get(path.replacing("DIGEST", with: digest))
        #expect(answer.status == status && answer.json["code"]?.stringValue == code, "\(answer.text)")
        if status >= 422 || code == "export-refused" { #expect(answer.json["detail"]?.stringValue?.contains("as told") == true, "\(answer.text)") }
        #expect(names(fixture).isEmpty)
        await fixture.workbench.stop()
    }

    /// What the query says is what the process is asked for; one picture and several are different files.
    @Test func picturesAreAskedForAsTheQuerySays() async throws {
        let (fixture, _, digest) = try await withRun()
        let path = "/checkpoints/\(digest)/super-resolution.png?index=7&temperature=0.25&picture=transfer-3-local"
        let answer = try await fixture.get(path)
        #expect(answer.status == 200, "\(answer.text.prefix(400))")
        let name = try #require(names(fixture).first), wanted = SuperResolutionRequest(index: 7, temperature: 0.25, pictures: [.transfer(index: 3, .local)])
        #expect(name.hasPrefix(Export.superResolutionPicture(checkpoint: try Digest(hex: digest), wanted).key.hex))
        let json = try await fixture.get("/checkpoints/\(digest)/super-resolution.json?index=7&pictures=low,truth")
        #expect(json.status == 200 && json.json["pictures"] == [] && names(fixture).count == 2)
        await fixture.workbench.stop()
    }

    /// Latents are asked for as the query says, with its defaults.
    @Test(arguments: [
        ("", LatentRequest(.between(0, 1, .spherical), count: 16)), ("?sample=5&other=9&path=linear&count=8", LatentRequest(.between(5, 9, .linear), count: 8)),
        ("?place=around&sample=5", LatentRequest(.around(5, share: 0.3, first: 6, .spherical), count: 16)),
        ("?place=around&share=0.125&other=64&count=25", LatentRequest(.around(0, share: 0.125, first: 64, .spherical), count: 25)),
        ("?place=along&sample=3&dimension=7", LatentRequest(.along(3, dimension: 7), count: 16)),
    ])
    func latentsAreAskedForAsTheQuerySays(query: String, wanted: LatentRequest) async throws {
        let (fixture, _, digest) = try await withRun()
        let answer = try await fixture.get("/checkpoints/\(digest)/latents.png\(query)")
        #expect(answer.status == 200, "\(answer.text.prefix(400))")
        #expect(try #require(names(fixture).first).hasPrefix(Export.latents(checkpoint: try Digest(hex: digest), wanted).key.hex))
        #expect(try await fixture.get("/checkpoints/\(digest)/samples.zip?count=2").status == 200 && names(fixture).contains { $0.hasSuffix(".zip") })
        await fixture.workbench.stop()
    }

    /// Neighbors are asked for as the query says, of samples and of latents on the way; the picture is a file of its own, and share links cover neither.
    @Test(arguments: [
        ("", NeighborRequest(.samples(first: 0, count: 8))), ("?sample=5&count=3&neighbors=7&space=features", NeighborRequest(.samples(first: 5, count: 3), neighbors: 7, space: .features)),
        ("?place=along&sample=3&dimension=7&neighbors=1", NeighborRequest(.latents(LatentRequest(.along(3, dimension: 7), count: 16)), neighbors: 1)),
    ])
    func neighborsAreAskedForAsTheQuerySays(query: String, wanted: NeighborRequest) async throws {
        let (fixture, run, digest) = try await withRun()
        let answer = try await fixture.get("/checkpoints/\(digest)/neighbors.json\(query)"), checkpoint = try Digest(hex: digest)
        #expect(answer.status == 200 && answer.json["samples"] == [], "\(answer.text.prefix(400))")
        #expect(try #require(names(fixture).first).hasPrefix(Export.neighbors(checkpoint: checkpoint, wanted).key.hex))
        #expect(try await fixture.get("/checkpoints/\(digest)/neighbors.png\(query)").status == 200)
        #expect(names(fixture).contains { $0.hasPrefix(Export.neighborPicture(checkpoint: checkpoint, wanted).key.hex) && $0.hasSuffix(".png") })
        let guest = try await fixture.guest(.run, run)
        #expect(try await fixture.ask(.get, "/api/v1/checkpoints/\(digest)/neighbors.json\(query)", fields: guest).status == 403)
        await fixture.workbench.stop()
    }

    /// An uploaded picture is kept as its pixels alone, the last ones only, and asked for by its digest.
    @Test func aPictureIsUploadedAndAskedFor() async throws {
        let (fixture, _, digest) = try await withRun()
        let image = PixelImage(width: 3, height: 2, channels: 3, pixels: Array(1...18)), file = PNG.encode(image)
        let answer = try await fixture.post("/pictures", #"{"picture":"\#(Base64.text(of: file))"}"#)
        let upload = try #require(answer.json["digest"]?.stringValue)
        #expect(answer.status == 200 && upload == Digest.sha256(file).hex && answer.json["width"] == 3 && answer.json["height"] == 2 && answer.json["channels"] == 3)
        #expect(try FileSystem.read("\(fixture.files.storage.uploads)/\(upload).png") == file)
        #expect(try await fixture.get("/checkpoints/\(digest)/super-resolution.png?upload=\(upload)").status == 200)
        let wanted = SuperResolutionRequest(.upload(try Digest(hex: upload)), pictures: [.sample(draw: 0)])
        #expect(try names(fixture).contains { $0.hasPrefix(Export.superResolutionPicture(checkpoint: try Digest(hex: digest), wanted).key.hex) })
        let both = try await fixture.get("/checkpoints/\(digest)/super-resolution.png?upload=\(upload)&index=1")
        #expect(both.status == 400 && both.json["field"] == "upload")
        let other = try await fixture.get("/checkpoints/\(digest)/super-resolution.json?upload=\(Digest.sha256("other").hex)")
        #expect(other.status == 404 && other.json["code"] == "picture-unknown")
        // The first are deleted when more came than are kept.
        for level in 0..<UploadedPictures.most {
            let picture = PNG.encode(PixelImage(width: 1, height: 1, channels: 1, pixels: [UInt8(level)]))
            #expect(try await fixture.post("/pictures", #"{"picture":"\#(Base64.text(of: picture))"}"#).status == 200)
        }
        #expect(try FileSystem.names(in: fixture.files.storage.uploads).count == UploadedPictures.most && !FileSystem.exists("\(fixture.files.storage.uploads)/\(upload).png"))
        await fixture.workbench.stop()
    }

    @Test(arguments: ["", "AAAA", "????", "iVBORw0KGgo=", "/9j/4AAQ"]) func otherBytesAreNoPicture(text: String) async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.post("/pictures", #"{"picture":"\#(text)"}"#)
        #expect(answer.status == 422 || answer.status == 400, "\(answer.text)")
        let wide = PNG.encode(PixelImage(width: SuperResolutionRequest.mostPixels + 1, height: 1, channels: 1, pixels: [UInt8](repeating: 9, count: SuperResolutionRequest.mostPixels + 1)))
        let refused = try await fixture.post("/pictures", #"{"picture":"\#(Base64.text(of: wide))"}"#)
        #expect(refused.status == 422 && refused.json["code"] == "picture-refused" && refused.json["field"] == "picture", "\(refused.text)")
        #expect(!FileSystem.exists(fixture.files.storage.uploads))
        await fixture.workbench.stop()
    }

    /// When a request is cancelled, its process ends, and the waiting requests proceed.
    @Test func aProcessEndsWithItsRequest() async throws {
        let (fixture, _, digest) = try await withRun()
        let slow = Task { try await fixture.get("/checkpoints/\(digest)/samples.npz?start=1000") }
        let mark = fixture.files.storage.exports
        func process() -> pid_t? { names(fixture).first { $0.hasPrefix("process-") }.flatMap { pid_t($0.dropFirst(8)) } }
        try await waitUntil { process() != nil }
        let found = try #require(process(), "no process in \(mark)")
        let behind = Task { try await fixture.get("/checkpoints/\(digest)/samples.npz?count=2") }
        try await waitUntil { fixture.api.exports.count >= 2 }
        slow.cancel()
        #expect(try await behind.value.status == 200)
        #expect(kill(found, 0) == -1 && errno == ESRCH)
        _ = await slow.result
        #expect(fixture.api.exports.count == 0)
        await fixture.workbench.stop()
    }

    @Test func guestsHaveAPartOfThePlaces() async throws {
        let (fixture, _, digest) = try await withRun()
        let exports = fixture.api.exports
        let checkpoint = try Digest(hex: digest)
        func ask(_ number: Int, isGuest: Bool) -> Task<String, any Error> {
            Task { try await exports.path(of: .samples(checkpoint: checkpoint, SampleRange(start: 1000, count: number + 1)), isGuest: isGuest) }
        }
        let guests = (0..<ExportFiles.mostOfGuests).map { ask($0, isGuest: true) }
        try await waitUntil { exports.count >= ExportFiles.mostOfGuests }
        #expect(try await refusal { try await exports.path(of: .encoder(checkpoint), isGuest: true) } == "overloaded")
        let members = (ExportFiles.mostOfGuests..<ExportFiles.mostOfAll).map { ask($0, isGuest: false) }
        try await waitUntil { exports.count >= ExportFiles.mostOfAll }
        #expect(try await refusal { try await exports.path(of: .encoder(checkpoint), isGuest: false) } == "overloaded")
        for task in guests + members { task.cancel() }
        for task in guests + members { _ = await task.result }
        #expect(exports.count == 0)
        await fixture.workbench.stop()
    }

    private func refusal(_ ask: () async throws -> String) async throws -> String? {
        do {
            _ = try await ask()
            return nil
        } catch let error as ServerError { return error.code }
    }

    @Test func protocolsAreListedOnce() async throws {
        let (fixture, id, _) = try await withRun()
        // The program does not build the scripted worker's protocol.
        #expect(try await fixture.get("/runs/\(id)/protocols").json == [["digest": "p", "encoder": "e", "encoder_digest": "d", "metrics": ["fid"], "protocol": nil]])
        await fixture.workbench.stop()
    }
}
