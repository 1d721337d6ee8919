import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

/// The real server under connections of every valid and invalid kind: afterward, descriptors, threads, and memory return to their initial values.
@Suite("Connections of every kind", .serialized)
struct ConnectionSoakTests {
    /// Resources of a process.
    private struct Holdings: CustomStringConvertible {
        let descriptors: Int
        let threads: Int
        let kilobytes: Int

        init(process: Int) throws {
            // Without the catalog's: its pool opens up to five readers with two files each under load, and keeps them.
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

    /// Runs `count` connections, sixteen at a time.
    /// - Returns: failures, by kind
    private static func live(_ count: Int, port: Int, token: String) async -> [String: Int] {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let failures = Mutex<[String: Int]>([:])
                DispatchQueue.concurrentPerform(iterations: 16) { worker in
                    var random = TestRandom(seed: UInt64(worker))
                    for number in stride(from: worker, to: count, by: 16) {
                        // All kinds alternate, never the same ones at the same time.
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

    /// The resources of a process once it is idle: threads and descriptors are the same for two seconds, of at most thirty.
    private static func settled(_ process: Int) async throws -> Holdings {
        var holdings = try Holdings(process: process)
        var (same, looks) = (0, 0)
        while same < 20, looks < 300 {
            try await Task.sleep(for: .milliseconds(100))
            let next = try Holdings(process: process)
            same = next.threads == holdings.threads && next.descriptors == holdings.descriptors ? same + 1 : 0
            (holdings, looks) = (next, looks + 1)
        }
        return holdings
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
        // The first connections fill permanent resources: pools, caches, the allocator's arenas.
        _ = await Self.live(2000, port: port, token: token)
        let before = try await Self.settled(process)
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
        // Memory kept by the allocator does not grow with the number of connections.
        #expect(after.kilobytes <= before.kilobytes + 16 * 1024, "\(after), before: \(before)")
        #expect(try await server.end(SIGTERM) == 0)
    }
}
