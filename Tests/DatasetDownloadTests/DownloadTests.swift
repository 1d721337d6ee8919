import Canonical
import Foundation
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import Datasets

/// Downloads from a local test server on a free port.
@Suite struct DownloadTests {
    private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }

    /// Serves a file at /whole with Range support; at /cut it truncates the first response after a third and then serves by Range; counts requests.
    private final class Site: Sendable {
        let asked = Mutex<[String]>([])
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(DownloadTests.content, as: "file")
        }

        var router: Router {
            var router = Router()
            router.add(.get, "/whole") { [self] request, _ in answer(request) }
            router.add(.get, "/cut") { [self] request, _ in
                guard request.headerFields[.range] == nil else { return answer(request) }
                note(request)
                return .stream(contentType: "application/octet-stream", StreamBody(length: DownloadTests.content.count) { writer in
                    try await writer.write(Array(DownloadTests.content.prefix(100_000)))
                    // A broken response is truncated including data that the client has not read yet; an attempt without progress counts as one of the client's tries.
                    try await Task.sleep(for: .seconds(1))
                })
            }
            return router
        }

        private func note(_ request: Request) { asked.withLock { $0.append(request.headerFields[.range] ?? "all") } }

        private func answer(_ request: Request) -> Response {
            note(request)
            return .file(FileBody(path: folder.path("file")))
        }
    }

    private func withSite(_ body: (Site, String) async throws -> Void) async throws {
        let site = try Site()
        let server = HTTPServer(handler: site.router)
        let port = try server.start()[0].port ?? 0
        do {
            try await body(site, "http://127.0.0.1:\(port)")
        } catch {
            await server.shutdown(grace: .zero)
            throw error
        }
        await server.shutdown(grace: .zero)
    }

    /// A fetch blocks its thread.
    private func fetch(_ file: FileDownload) async throws -> String {
        try await onOwnThread { try file.fetch { _, _ in } }
    }

    private func download(_ address: String, _ content: [UInt8] = content) -> DatasetDownload {
        DatasetDownload(address: address, file: "file.bin", digest: PublishedDigest.md5("").sameKind(of: content))
    }

    @Test func wholeAndOnce() async throws {
        try await withSite { site, base in
            let folder = try TemporaryFolder()
            let file = FileDownload(download: download(base + "/whole"), folder: folder.path)
            let (path, seen) = try await onOwnThread {
                var seen: [Int?] = []
                let path = try file.fetch { done, total in seen = [done, total] }
                return (path, seen)
            }
            #expect(path == folder.path("file.bin"))
            #expect(seen == [300_000, 300_000])
            #expect(try folder.bytes("file.bin") == Self.content)
            #expect(try folder.names() == ["file.bin"])
            _ = try await fetch(file)
            #expect(site.asked.withLock { $0 } == ["all"])
        }
    }

    @Test func goesOnAfterABreak() async throws {
        try await withSite { site, base in
            let folder = try TemporaryFolder()
            _ = try await fetch(FileDownload(download: download(base + "/cut"), folder: folder.path))
            #expect(try folder.bytes("file.bin") == Self.content)
            let asked = site.asked.withLock { $0 }
            #expect(asked.first == "all" && asked.count > 1 && asked.dropFirst().allSatisfy { $0.hasPrefix("bytes=") })
        }
    }

    @Test func goesOnWithAnEarlierPart() async throws {
        try await withSite { site, base in
            let folder = try TemporaryFolder()
            try folder.write(Array(Self.content.prefix(123_456)), as: "file.bin.part")
            _ = try await fetch(FileDownload(download: download(base + "/whole"), folder: folder.path))
            #expect(try folder.bytes("file.bin") == Self.content && site.asked.withLock { $0 } == ["bytes=123456-"])

            // A partial download of another file is detected by the digest, and the file is downloaded again.
            let other = try TemporaryFolder()
            try other.write([UInt8](repeating: 1, count: 1000), as: "file.bin.part")
            _ = try await fetch(FileDownload(download: download(base + "/whole"), folder: other.path))
            #expect(try other.bytes("file.bin") == Self.content)

            // A partial download that is complete already.
            let whole = try TemporaryFolder()
            try whole.write(Self.content, as: "file.bin.part")
            _ = try await fetch(FileDownload(download: download(base + "/whole"), folder: whole.path))
            #expect(try whole.bytes("file.bin") == Self.content)
        }
    }

    @Test func aWrongDigestIsRefused() async throws {
        try await withSite { _, base in
            let folder = try TemporaryFolder()
            let wanted = download(base + "/whole", [1, 2, 3])
            let error = await #expect(throws: DatasetError.self) { try await fetch(FileDownload(download: wanted, folder: folder.path)) }
            let actual = PublishedDigest.md5("").sameKind(of: Self.content)
            #expect(error == .wrongPublishedDigest(file: base + "/whole", expected: wanted.digest, actual: actual))
            #expect(try folder.names().isEmpty)
        }
    }

    @Test func whatCannotBeFetched() async throws {
        try await withSite { _, base in
            let folder = try TemporaryFolder()
            for address in [base + "/nowhere", "ftp://127.0.0.1/file", "http://127.0.0.1:1/closed"] {
                var file = FileDownload(download: download(address), folder: folder.path)
                file.attempts = 2
                let unreachable = file
                let error = await #expect(throws: DatasetError.self) { try await fetch(unreachable) }
                guard case .downloadFailed(address: address, _) = error else { Issue.record("\(String(describing: error))"); continue }
            }
        }
    }

    @Test func aDatasetFromItsAddresses() async throws {
        try await withSite { site, base in
            let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4], labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]
            try site.folder.write(images, as: "file")
            let both = DatasetDescription.IDXPair(
                images: .init(name: "file.bin", digest: .sha256(.sha256(images))), labels: .init(name: "labels", digest: .sha256(.sha256(labels))))
            var description = DatasetDescription(
                name: "mnist", title: "t", summary: "s", origin: .idx([both]), shape: ImageShape(height: 1, width: 2, channels: 1), classes: 2,
                splits: [SplitSize("train", 2)], digest: nil, encoderDataset: nil)
            let storage = try TemporaryFolder(), store = DatasetStore(root: storage.path)
            description.downloads = [download(base + "/whole", images)]
            let wanted = description
            // The labels are not among the downloads: fetched files are kept for the next attempt.
            await #expect(throws: DatasetError.missingFile(folder: storage.path("mnist/download"), names: ["labels", "labels.gz"])) {
                try await onOwnThread { try store.download(wanted) { _ in } }
            }
            #expect(storage.files == ["mnist/download/file.bin"])
            try storage.write(labels, as: "mnist/download/labels")
            let fractions = try await onOwnThread {
                var fractions: [Double] = []
                _ = try store.download(wanted) { fractions.append($0.fraction) }
                return fractions
            }
            #expect(fractions == fractions.sorted() && fractions.last == 1)
            #expect(storage.files == ["mnist/dataset.json", "mnist/images.bin"])
        }
        #expect(throws: DatasetError.notDownloadable(name: "celeba")) { try DatasetStore(root: "/nowhere").download("celeba") }
        #expect(throws: DatasetError.needsNoFiles(name: "ring")) { try DatasetStore(root: "/nowhere").download("ring") }
    }
}
