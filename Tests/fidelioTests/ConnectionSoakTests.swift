import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

/// The real server under connections of every good and bad kind: whatever came, descriptors, threads and memory return to where they were.
@Suite("Connections of every kind", .serialized)
struct ConnectionSoakTests {
    /// What a process holds.
    private struct Holdings: CustomStringConvertible {
        let descriptors: Int
        let threads: Int
        let kilobytes: Int

        init(process: Int) throws {
            // Not the catalog's: its pool opens up to five readers, of two files each, when so many ask at once, and keeps them.
            let folder = "/proc/\(process)/fd"
            descriptors = try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
                let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")) ?? ""
                return !target.contains("fidelio.sqlite")
            }
            threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").count
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            kilobytes = status.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap { Int($0.1) } ?? 0
        }

        var description: String { "\(descriptors) descriptors, \(threads) threads, \(kilobytes / 1024) MiB" }
    }

    /// Lives `count` connections, sixteen at a time.
    /// - Returns: what went wrong, by kind.
    private static func live(_ count: Int, port: Int, token: String) async -> [String: Int] {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let failures = Mutex<[String: Int]>([:])
                DispatchQueue.concurrentPerform(iterations: 16) { worker in
                    var random = TestRandom(seed: UInt64(worker))
                    for number in stride(from: worker, to: count, by: 16) {
                        // All kinds in turn, and never the same ones side by side.
                        let kind = ConnectionKind.allCases[(number / 16 + worker) % ConnectionKind.allCases.count]
                        var problem: String?
                        do {
                            if try !kind.live(port: port, source: UInt8(2 + number % 240), token: token, random: &random) { problem = "\(kind): not answered" }
                        } catch {
                            problem = "\(kind): \(error)"
                        }
                        if let problem { failures.withLock { $0[problem, default: 0] += 1 } }
                    }
                }
                continuation.resume(returning: failures.withLock { $0 })
            }
        }
    }

    /// 100,000 where FIDELIO_LONG_TESTS is set, 4,000 otherwise.
    @Test(.enabled(if: RunningServer.isBuilt)) func nothingIsLeftBehind() async throws {
        let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil
        let count = isLong ? 100_000 : 4000
        let folder = try TemporaryFolder("soak")
        let page = try TemporaryFolder("soak-page")
        try page.write(Array("<h1>Hello</h1>".utf8), as: "index.html")
        try page.write([UInt8](repeating: 7, count: 8 << 20), as: "big.bin")
        let server = try await ServingProgram(storage: folder.path("storage"), ["--public", page.path, "--connections-per-address", "4096"])
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder.path("storage/server.json")))) as? [String: Any]
        let url = try #require(file?["url"] as? String)
        let (port, token) = (try #require(Int(url.split(separator: ":").last ?? "")), try #require(file?["token"] as? String))
        let process = try #require(file?["pid"] as? Int)
        // The first ones fill what is kept for good: pools, caches, the allocator's arenas.
        _ = await Self.live(2000, port: port, token: token)
        try await Task.sleep(for: .seconds(4))
        let before = try Holdings(process: process)
        let start = ContinuousClock.now
        let failures = await Self.live(count, port: port, token: token)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(failures.isEmpty, "\(failures)")
        var after = try Holdings(process: process)
        // Threads of the system's pool end some seconds after their last work.
        for _ in 0..<600 where after.descriptors > before.descriptors || after.threads > before.threads + 2 {
            try await Task.sleep(for: .milliseconds(100))
            after = try Holdings(process: process)
        }
        print("\(count) connections of \(ConnectionKind.allCases.count) kinds in \(Int(seconds)) s; before: \(before); after: \(after)")
        #expect(after.descriptors <= before.descriptors, "\(after), before: \(before)")
        #expect(after.threads <= before.threads + 2, "\(after), before: \(before)")
        // What the allocator keeps does not grow with the number of connections.
        #expect(after.kilobytes <= before.kilobytes + 16 * 1024, "\(after), before: \(before)")
        #expect(try await server.end(SIGTERM) == 0)
    }
}
